"""Notifications through apprise, to a real local receiver; only where the extra is installed."""

from __future__ import annotations

import pytest

from glance.errors import ConfigError
from glance.outputs.output import DeliveryError
from tests.outputs.happenings import event
from tests.outputs.receiver import free_port, receiving

pytest.importorskip("apprise")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the library's own imports


def test_a_notification_arrives() -> None:
    from glance.outputs.apprise import Apprise

    with receiving() as receiver:
        output = Apprise(f"json://127.0.0.1:{receiver.port}/secret")
        output.send(event(), is_repeated=False)
        output.send(event("resolved"), is_repeated=False)

    fired, resolved = receiver.posted
    assert fired["title"] == "traffic firing"
    assert fired["message"].startswith("High traffic generated an alert - hits = 12.40")
    assert (fired["type"], resolved["type"]) == ("warning", "success")
    assert "secret" not in output.name


def test_f61_a_receiver_that_is_down_is_tried_again() -> None:
    from glance.outputs.apprise import Apprise

    with pytest.raises(DeliveryError) as caught:
        Apprise(f"json://127.0.0.1:{free_port()}/").send(event(), is_repeated=False)

    assert caught.value.is_passing


def test_an_address_of_no_service_is_refused() -> None:
    from glance.outputs.apprise import Apprise

    with pytest.raises(ConfigError):
        Apprise("nosuchservice://x")
