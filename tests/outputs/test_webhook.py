"""The webhook against a real receiver: down, slow, dripping, refusing, redirecting."""

from __future__ import annotations

import socket
import time

import pytest

from glance.errors import ConfigError
from glance.outputs.output import DeliveryError
from glance.outputs.webhook import Webhook
from tests.outputs.happenings import event
from tests.outputs.receiver import free_port, receiving


def test_what_happened_is_posted_as_json_with_its_key() -> None:
    with receiving() as receiver:
        Webhook(receiver.url).send(event(), is_repeated=False)

    (told,) = receiver.posted
    assert receiver.paths == ["/hook?token=secret"]
    assert (told["rule"], told["status"], told["value"]) == ("traffic", "firing", 12.4)
    assert told["message"].startswith("High traffic generated an alert - hits = 12.40")
    assert told["paths"] == [{"path": "/api", "hits": 3}]
    assert receiver.keys == [told["key"]] == ["traffic||1700000000.250|firing"]


@pytest.mark.parametrize(
    ("status", "is_passing"),
    [(500, True), (503, True), (429, True), (408, True), (400, False), (401, False), (404, False), (302, False)],
)
def test_f61_an_answer_says_whether_to_try_again(status: int, is_passing: bool) -> None:
    with receiving() as receiver, receiving() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.url}
        with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
            Webhook(receiver.url).send(event(), is_repeated=False)

    assert caught.value.is_passing is is_passing
    assert elsewhere.posted == []  # redirects are not followed


def test_f61_nobody_listens() -> None:
    with pytest.raises(DeliveryError, match="refused") as caught:
        Webhook(f"http://127.0.0.1:{free_port()}/?token=secret").send(event(), is_repeated=False)

    assert caught.value.is_passing
    assert "secret" not in caught.value.why


@pytest.mark.parametrize("drips", [False, True])
def test_f61_the_deadline_holds_for_all_of_it(drips: bool) -> None:
    """Also when something comes all the time, so that no single read ever waits."""
    with receiving() as receiver:
        receiver.drips = drips
        if not drips:
            receiver.release.clear()
        began = time.monotonic()
        with pytest.raises(DeliveryError, match="no answer within") as caught:
            Webhook(receiver.url, deadline_seconds=0.3).send(event(), is_repeated=False)

    assert time.monotonic() - began < 5
    assert caught.value.is_passing


def test_f61_what_is_no_http_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = Webhook(f"http://127.0.0.1:{port}/", deadline_seconds=5)

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n")

        import threading

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(DeliveryError):
            client.send(event(), is_repeated=False)
        thread.join()


@pytest.mark.parametrize("url", ["", "ftp://x/", "http://", "https://a b/", "http://x:99999/", "http://u:p@x/", "x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        Webhook(url)


def test_its_name_shows_the_host_only() -> None:
    name = Webhook("https://hooks.example.com/services/T0/secret?token=hunter2").name

    assert name.startswith("webhook hooks.example.com #")
    assert "secret" not in name
