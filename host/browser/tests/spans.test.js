/** Arithmetic on spans. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  changeOf,
  composed,
  edited,
  inverse,
  markAfter,
  marksOf,
  moved,
  movedPlace,
} from "../element/spans.js";

const finding = (start, end, action = "redact") => ({ start, end, action, rule: "R", policy: "p" });

test("findings that overlap are one mark, as strong as the strongest", () => {
  const marks = marksOf([finding(8, 9), finding(0, 4, "observe"), finding(2, 6, "block")]);
  const seen = marks.map(({ start, end, action, findings }) => [
    start,
    end,
    action,
    findings.length,
  ]);
  assert.deepEqual(seen, [
    [0, 6, "block", 2],
    [8, 9, "redact", 1],
  ]);
});

test("edits that were made are unmade", () => {
  const text = "one two three";
  const edits = [
    { start: 0, end: 3, text: "<ONE>" },
    { start: 8, end: 13, text: "" },
  ];
  const after = edited(text, edits);
  assert.equal(after, "<ONE> two ");
  assert.equal(edited(after, inverse(text, edits)), text);
});

test("two lists of edits are one", () => {
  const text = "aa bb cc dd";
  const first = [
    { start: 3, end: 5, text: "<BLOCKED>" },
    { start: 9, end: 11, text: "" },
  ];
  const between = edited(text, first);
  assert.equal(between, "aa <BLOCKED> cc ");
  const second = [
    { start: 0, end: 2, text: "A" },
    { start: 13, end: 15, text: "CCC" },
  ];
  assert.equal(edited(text, composed(first, second)), edited(between, second));
});

test("marks move with the text, and go with what they were of", () => {
  const [before, after] = ["mail ana now and bob", "mail ana then and bob"];
  const marks = marksOf([finding(5, 8), finding(9, 12), finding(17, 20)]);
  const left = moved(marks, changeOf(before, after)).map(({ start, end }) =>
    after.slice(start, end),
  );
  assert.deepEqual(left, ["ana", "bob"]);
});

test("what differs is found between what is the same", () => {
  assert.deepEqual(changeOf("aaa", "aaaa"), { start: 3, before: 3, after: 4 });
  assert.deepEqual(changeOf("", ""), { start: 0, before: 0, after: 0 });
  assert.deepEqual(changeOf("abc", "axc"), { start: 1, before: 2, after: 2 });
});

test("a caret stays where it was in the words", () => {
  const edits = [{ start: 2, end: 6, text: "<R>" }];
  assert.deepEqual(
    [0, 2, 4, 6, 9].map((place) => movedPlace(place, edits)),
    [0, 2, 5, 5, 8],
  );
});

test("the next mark comes after the last, and after the last the first", () => {
  const marks = marksOf([finding(2, 3), finding(5, 6)]);
  const starts = (place, direction, isPast) => markAfter(marks, place, direction, isPast)?.start;
  const forwards = [starts(0, 1), starts(2, 1, false), starts(2, 1, true), starts(5, 1, true)];
  assert.deepEqual(forwards, [2, 2, 5, 2]);
  assert.deepEqual([starts(5, -1), starts(2, -1), starts(9, -1)], [2, 5, 5]);
  assert.equal(markAfter([], 0, 1, false), undefined);
});
