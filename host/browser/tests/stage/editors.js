/**
 * Chats as pages make them, each around an editor that pages use. What is sent is what the editor
 * itself holds: `sent` has it. Bundled for the page by `chat.js`.
 */
import { createEmptyHistoryState, registerHistory } from "@lexical/history";
import { registerRichText } from "@lexical/rich-text";
import { $getRoot, COMMAND_PRIORITY_HIGH, createEditor, KEY_ENTER_COMMAND } from "lexical";
import { baseKeymap } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { schema } from "prosemirror-schema-basic";
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import Quill from "quill";

globalThis.sent = [];
const send = document.querySelector("#send");
const box = document.querySelector("#box");

const EDITORS = {
  textarea() {
    const field = document.createElement("textarea");
    field.setAttribute("aria-label", "Message");
    box.append(field);
    return {
      read: () => field.value,
      empty: () => (field.value = ""),
      onEnter: (act) => field.addEventListener("keydown", act),
    };
  },
  prosemirror() {
    const empty = () => EditorState.create({ schema, plugins });
    let act = () => {};
    const plugins = [
      history(),
      keymap({ "Mod-z": undo, "Mod-y": redo, Enter: () => (act(), true) }),
      keymap(baseKeymap),
    ];
    const view = new EditorView(box, {
      state: empty(),
      attributes: { "aria-label": "Message", role: "textbox" },
    });
    return {
      read: () => view.state.doc.textBetween(0, view.state.doc.content.size, "\n"),
      empty: () => view.updateState(empty()),
      onEnter: (listener) => (act = () => listener({ key: "Enter", preventDefault() {} })),
    };
  },
  lexical() {
    const root = document.createElement("div");
    root.contentEditable = "true";
    root.setAttribute("role", "textbox");
    root.setAttribute("aria-label", "Message");
    box.append(root);
    const editor = createEditor({ onError: (error) => console.error(error) });
    editor.setRootElement(root);
    registerRichText(editor);
    registerHistory(editor, createEmptyHistoryState(), 300);
    return {
      read: () => editor.getEditorState().read(() => $getRoot().getTextContent()),
      empty: () => editor.update(() => $getRoot().clear()),
      onEnter: (listener) =>
        editor.registerCommand(
          KEY_ENTER_COMMAND,
          (event) => (listener(event), true),
          COMMAND_PRIORITY_HIGH,
        ),
    };
  },
  quill() {
    const quill = new Quill(box, {
      modules: {
        keyboard: {
          bindings: {
            enter: { key: "Enter", handler: () => act({ key: "Enter", preventDefault() {} }) },
          },
        },
      },
    });
    quill.root.setAttribute("role", "textbox");
    quill.root.setAttribute("aria-label", "Message");
    let act = () => {};
    return {
      read: () => quill.getText().trimEnd(),
      empty: () => quill.setText(""),
      onEnter: (listener) => (act = listener),
    };
  },
};

const editor = EDITORS[document.body.dataset.editor]();
globalThis.read = editor.read;
const go = () => {
  if (editor.read() === "") return;
  globalThis.sent.push(editor.read());
  editor.empty();
};
editor.onEnter((event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  go();
});
send.addEventListener("click", go);
