"""The clients of the other providers, unmodified."""

import functools

import anthropic
import boto3
import botocore.config
import cohere
import ollama
import pytest
from google import genai
from google.genai import types

MAIL = "ana@example.org"
ASKED = [{"role": "user", "content": f"write to {MAIL}"}]
ANSWER = f"You said: write to {MAIL}"
CARD = "my card is 4111 1111 1111 1111"
ORDER = f'mock: tool send_mail {{"to": "{MAIL}"}}'
SCHEMA = {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}


def claude(gateway):
    return anthropic.Anthropic(base_url=gateway.url, api_key="none", max_retries=0)


def gemini(gateway):
    return gemini_at(gateway.url)


@functools.cache
def gemini_at(url):
    # Kept: a client that nobody holds any more closes its connections.
    return genai.Client(api_key="none", http_options=types.HttpOptions(base_url=url))


def bedrock(gateway):
    once = botocore.config.Config(retries={"total_max_attempts": 1})
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    return boto3.client("bedrock-runtime", "us-east-1", endpoint_url=gateway.url, config=once, **keys)


def test_anthropic(gateway):
    answer = claude(gateway).messages.create(model="m", max_tokens=99, messages=ASKED)
    assert answer.content[0].text == ANSWER
    assert MAIL not in gateway.seen()


def test_anthropic_streamed(gateway):
    with claude(gateway).messages.stream(model="m", max_tokens=99, messages=ASKED) as stream:
        assert "".join(stream.text_stream) == ANSWER
        assert stream.get_final_message().stop_reason == "end_turn"
    assert MAIL not in gateway.seen()


@pytest.mark.parametrize("streamed", [False, True])
def test_anthropic_tools(gateway, streamed):
    tool = {"name": "send_mail", "input_schema": SCHEMA}
    asked = dict(model="m", max_tokens=99, messages=[{"role": "user", "content": ORDER}], tools=[tool])
    if streamed:
        with claude(gateway).messages.stream(**asked) as stream:
            answer = stream.get_final_message()
    else:
        answer = claude(gateway).messages.create(**asked)
    assert answer.content[-1].input == {"to": MAIL}
    assert MAIL not in gateway.seen()


def test_anthropic_images(gateway, lenient):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    messages = [{"role": "user", "content": [image, {"type": "text", "text": f"who is {MAIL}?"}]}]
    with pytest.raises(anthropic.PermissionDeniedError):
        claude(gateway).messages.create(model="m", max_tokens=99, messages=messages)
    answer = claude(lenient).messages.create(model="m", max_tokens=99, messages=messages)
    assert answer.content[0].text == f"You said: who is {MAIL}?"


def test_anthropic_blocked(gateway, lenient):
    asked = dict(model="m", max_tokens=99, messages=[{"role": "user", "content": CARD}])
    with pytest.raises(anthropic.PermissionDeniedError) as refused:
        claude(gateway).messages.create(**asked)
    assert "4111" not in str(refused.value)
    with claude(lenient).messages.stream(**asked) as stream:
        assert "blocked" in "".join(stream.text_stream)


def test_gemini(gateway):
    answer = gemini(gateway).models.generate_content(model="m", contents=f"write to {MAIL}")
    assert answer.text == ANSWER
    assert MAIL not in gateway.seen()


def test_gemini_streamed(gateway):
    stream = gemini(gateway).models.generate_content_stream(model="m", contents=f"write to {MAIL}")
    assert "".join(chunk.text or "" for chunk in stream) == ANSWER
    assert MAIL not in gateway.seen()


def test_gemini_tools(gateway):
    declared = types.FunctionDeclaration(name="send_mail", parameters_json_schema=SCHEMA)
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declared])])
    answer = gemini(gateway).models.generate_content(model="m", contents=ORDER, config=config)
    assert answer.function_calls[0].args == {"to": MAIL}
    assert MAIL not in gateway.seen()


def test_gemini_structured(gateway):
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=SCHEMA
    )
    answer = gemini(gateway).models.generate_content(model="m", contents=f"write to {MAIL}", config=config)
    assert answer.parsed == {"to": ANSWER}


def test_gemini_images(gateway, lenient):
    image = types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png")
    asked = dict(model="m", contents=[image, f"who is {MAIL}?"])
    with pytest.raises(genai.errors.ClientError):
        gemini(gateway).models.generate_content(**asked)
    assert gemini(lenient).models.generate_content(**asked).text == f"You said: who is {MAIL}?"


def test_gemini_embeddings(gateway):
    answer = gemini(gateway).models.embed_content(model="m", contents=[f"write to {MAIL}"])
    assert answer.embeddings[0].values
    assert MAIL not in gateway.seen()


def test_gemini_blocked(gateway):
    with pytest.raises(genai.errors.ClientError) as refused:
        gemini(gateway).models.generate_content(model="m", contents=CARD)
    assert refused.value.code == 403 and "4111" not in str(refused.value)


@pytest.mark.parametrize("streamed", [False, True])
def test_ollama(gateway, streamed):
    answer = ollama.Client(gateway.url).chat("m", ASKED, stream=streamed)
    said = [part.message.content for part in answer] if streamed else [answer.message.content]
    assert "".join(said) == ANSWER
    assert MAIL not in gateway.seen()


def test_ollama_generate(gateway):
    stream = ollama.Client(gateway.url).generate("m", f"write to {MAIL}", stream=True)
    assert "".join(part.response for part in stream) == ANSWER


@pytest.mark.parametrize("streamed", [False, True])
def test_ollama_tools(gateway, streamed):
    tool = {"type": "function", "function": {"name": "send_mail", "parameters": SCHEMA}}
    messages = [{"role": "user", "content": ORDER}]
    answer = ollama.Client(gateway.url).chat("m", messages, tools=[tool], stream=streamed)
    parts = list(answer) if streamed else [answer]
    calls = [call for part in parts for call in part.message.tool_calls or []]
    assert calls[0].function.arguments == {"to": MAIL}
    assert MAIL not in gateway.seen()


def test_ollama_structured(gateway):
    answer = ollama.Client(gateway.url).chat("m", ASKED, format=SCHEMA)
    assert MAIL in answer.message.content


def test_ollama_blocked(gateway):
    with pytest.raises(ollama.ResponseError) as refused:
        ollama.Client(gateway.url).chat("m", [{"role": "user", "content": CARD}])
    assert refused.value.status_code == 403 and "4111" not in str(refused.value)


def test_bedrock(gateway):
    messages = [{"role": "user", "content": [{"text": f"write to {MAIL}"}]}]
    answer = bedrock(gateway).converse(modelId="m", messages=messages)
    assert answer["output"]["message"]["content"][0]["text"] == ANSWER
    assert MAIL not in gateway.seen()


def test_bedrock_streamed(gateway):
    messages = [{"role": "user", "content": [{"text": f"write to {MAIL}"}]}]
    events = list(bedrock(gateway).converse_stream(modelId="m", messages=messages)["stream"])
    deltas = [event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event]
    assert "".join(deltas) == ANSWER
    assert "messageStop" in events[-2] and "metadata" in events[-1]
    assert MAIL not in gateway.seen()


def test_bedrock_blocked(gateway, lenient):
    asked = dict(modelId="m", messages=[{"role": "user", "content": [{"text": CARD}]}])
    with pytest.raises(bedrock(gateway).exceptions.AccessDeniedException):
        bedrock(gateway).converse(**asked)
    events = list(bedrock(lenient).converse_stream(**asked)["stream"])
    stops = [event["messageStop"]["stopReason"] for event in events if "messageStop" in event]
    assert stops == ["guardrail_intervened"]


@pytest.mark.parametrize("streamed", [False, True])
def test_cohere(gateway, streamed):
    client = cohere.ClientV2("none", base_url=gateway.url)
    if streamed:
        events = client.chat_stream(model="m", messages=ASKED)
        said = "".join(event.delta.message.content.text for event in events if event.type == "content-delta")
    else:
        said = client.chat(model="m", messages=ASKED).message.content[0].text
    assert said == ANSWER
    assert MAIL not in gateway.seen()
