"""OpenAI's own client, unmodified."""

import base64

import openai
import pydantic
import pytest

MAIL = "ana@example.org"
ASKED = [{"role": "user", "content": f"write to {MAIL}"}]
ANSWER = f"You said: write to {MAIL}"
CARD = [{"role": "user", "content": "my card is 4111 1111 1111 1111"}]
PIXEL = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()


class Reply(pydantic.BaseModel):
    text: str
    count: int


def client(gateway):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="none", max_retries=0)


def test_chat(gateway):
    answer = client(gateway).chat.completions.create(model="m", messages=ASKED)
    assert answer.choices[0].message.content == ANSWER
    assert MAIL not in gateway.seen()


def test_chat_streamed(gateway):
    stream = client(gateway).chat.completions.create(model="m", messages=ASKED, stream=True)
    pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 3
    assert MAIL not in gateway.seen()


def test_several_choices(gateway):
    stream = client(gateway).chat.completions.create(model="m", messages=ASKED, n=2, stream=True)
    said = ["", ""]
    for choice in (choice for chunk in stream for choice in chunk.choices):
        said[choice.index] += choice.delta.content or ""
    assert said == [ANSWER, ANSWER]


@pytest.mark.parametrize("streamed", [False, True])
def test_tools(gateway, streamed):
    order = f'mock: tool send_mail {{"to": "{MAIL}"}}'
    tool = {"name": "send_mail", "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}}
    asked = dict(
        model="m",
        messages=[{"role": "user", "content": order}],
        tools=[{"type": "function", "function": tool}],
    )
    if streamed:
        with client(gateway).chat.completions.stream(**asked) as stream:
            answer = stream.get_final_completion()
    else:
        answer = client(gateway).chat.completions.create(**asked)
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "send_mail"
    assert call.function.arguments.replace(" ", "") == f'{{"to":"{MAIL}"}}'
    assert MAIL not in gateway.seen()
    result = [*asked["messages"], answer.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": f"sent to {MAIL}"}]
    answer = client(gateway).chat.completions.create(model="m", messages=result)
    assert answer.choices[0].message.content == f"The tool said: sent to {MAIL}"


def test_structured_output(gateway):
    answer = client(gateway).chat.completions.parse(model="m", messages=ASKED, response_format=Reply)
    assert answer.choices[0].message.parsed.text == ANSWER


def test_blocked(gateway):
    with pytest.raises(openai.PermissionDeniedError) as refused:
        client(gateway).chat.completions.create(model="m", messages=CARD, stream=True)
    assert "CREDIT_CARD" in str(refused.value) and "4111" not in str(refused.value)


@pytest.mark.parametrize("streamed", [False, True])
def test_blocked_with_a_message(lenient, streamed):
    answer = client(lenient).chat.completions.create(model="m", messages=CARD, stream=streamed)
    if streamed:
        said = "".join(chunk.choices[0].delta.content or "" for chunk in answer)
    else:
        said = answer.choices[0].message.content
    assert "blocked" in said and "4111" not in said


def test_images(gateway, lenient):
    content = [{"type": "text", "text": f"who is {MAIL}?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    asked = dict(model="m", messages=[{"role": "user", "content": content}])
    with pytest.raises(openai.PermissionDeniedError):
        client(gateway).chat.completions.create(**asked)
    answer = client(lenient).chat.completions.create(**asked)
    assert answer.choices[0].message.content == f"You said: who is {MAIL}?"
    assert MAIL not in lenient.seen() and PIXEL in lenient.seen()


def test_responses(gateway):
    answer = client(gateway).responses.create(model="m", input=f"write to {MAIL}")
    assert answer.output_text == ANSWER
    assert MAIL not in gateway.seen()


def test_responses_streamed(gateway):
    with client(gateway).responses.stream(model="m", input=f"write to {MAIL}") as stream:
        events = list(stream)
        final = stream.get_final_response()
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == ANSWER == final.output_text
    numbers = [event.sequence_number for event in events]
    assert numbers == sorted(set(numbers))


def test_responses_structured(gateway):
    answer = client(gateway).responses.parse(model="m", input=f"write to {MAIL}", text_format=Reply)
    assert answer.output_parsed.text == ANSWER


def test_responses_tools(gateway):
    tool = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}
    order = f'mock: tool f {{"to": "{MAIL}"}}'
    with client(gateway).responses.stream(model="m", input=order, tools=[tool]) as stream:
        final = stream.get_final_response()
    assert MAIL in final.output[0].arguments
    assert MAIL not in gateway.seen()


def test_completions(gateway):
    stream = client(gateway).completions.create(model="m", prompt=f"write to {MAIL}", stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream) == ANSWER
    assert MAIL not in gateway.seen()


def test_embeddings(gateway):
    answer = client(gateway).embeddings.create(model="m", input=["one", f"two {MAIL}"])
    assert len(answer.data) == 2 and len(answer.data[0].embedding) > 0
    assert MAIL not in gateway.seen()


def test_moderations(gateway):
    assert not client(gateway).moderations.create(input=f"is {MAIL} bad?").results[0].flagged
    assert MAIL not in gateway.seen()


def test_images_made(lenient):
    answer = client(lenient).images.generate(model="m", prompt=f"draw {MAIL}")
    assert answer.data[0].b64_json
    assert MAIL not in lenient.seen()


def test_transcripts(lenient):
    sound = ("a.wav", b"RIFF", "audio/wav")
    answer = client(lenient).audio.transcriptions.create(model="m", file=sound, prompt=f"with {MAIL}")
    assert answer.text
    assert MAIL not in lenient.seen()


def test_azure(gateway):
    azure = openai.AzureOpenAI(azure_endpoint=gateway.url, api_key="none", api_version="2024-10-21")
    answer = azure.chat.completions.create(model="deployed", messages=ASKED)
    assert answer.choices[0].message.content == ANSWER


def test_errors_of_the_provider(gateway):
    order = [{"role": "user", "content": "mock: status 429"}]
    with pytest.raises(openai.RateLimitError):
        client(gateway).chat.completions.create(model="m", messages=order)
