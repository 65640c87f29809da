"""Kinds of clients: what an agent says of itself, and names of crawlers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.agent_kind import CRAWLER, KINDS, MONITOR, PERSON, TOOL, UNKNOWN, classified, crawler_name
from glance.domain.logs.crawler import CRAWLERS, MODEL_CRAWLERS, UNNAMED

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
AGENTS = [
    (CHROME, PERSON, ""),
    ("Mozilla/5.0 (X11; Debian; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", PERSON, ""),
    ("Mozilla/5.0 (Linux; Android 9; CUBOT_X18) AppleWebKit/537.36 Chrome/80.0 Mobile Safari/537.36", PERSON, ""),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Snapchat/12",
        PERSON,
        "",
    ),
    ("Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.16", PERSON, ""),
    ("Lynx/2.8.9rel.1 libwww-FM/2.14", PERSON, ""),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", CRAWLER, "Googlebot"),
    ("GoogleBot", CRAWLER, "Googlebot"),
    ("Googlebot-Image/1.0", CRAWLER, "Googlebot-Image"),
    (f"{CHROME} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", CRAWLER, "bingbot"),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
        CRAWLER,
        "GPTBot",
    ),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        CRAWLER,
        "ClaudeBot",
    ),
    ("Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", CRAWLER, "PerplexityBot"),
    (
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
        CRAWLER,
        "Bytespider",
    ),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", CRAWLER, "CCBot"),
    (
        "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
        CRAWLER,
        "Meta-ExternalAgent",
    ),
    ("Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)", CRAWLER, "Yahoo-Slurp"),
    (
        "Mozilla/5.0 (compatible; archive.org_bot +http://www.archive.org/details/archive.org_bot)",
        CRAWLER,
        "archive.org_bot",
    ),
    ("WhatsApp/2.23.20.0", CRAWLER, "WhatsApp"),
    ("Mozilla/5.0 (compatible; BeetleBot; )", CRAWLER, "beetlebot"),
    ("acme-crawler/1.1", CRAWLER, "acme-crawler"),
    ("Mozilla/4.0 (compatible; MSIE 6.0; http://www.changedetection.com/bot.html )", CRAWLER, UNNAMED.decode()),
    ("curl/8.4.0 (compatible; Googlebot/2.1)", CRAWLER, "Googlebot"),
    ("curl/8.4.0", TOOL, "curl"),
    ("python-requests/2.31.0", TOOL, "python-requests"),
    ("Go-http-client/1.1", TOOL, "go-http-client"),
    ("Java/1.8.0_392", TOOL, "java"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36", TOOL, "headlesschrome"),
    ("Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", TOOL, "nmap"),
    ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", MONITOR, "UptimeRobot"),
    ("kube-probe/1.28", MONITOR, "kube-probe"),
    ("ELB-HealthChecker/2.0", MONITOR, "ELB-HealthChecker"),
    ("Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)", MONITOR, "Pingdom"),
    ("check_http/v2.3 (monitoring-plugins 2.3)", MONITOR, "check_http"),
    ("Mozilla/5.0", UNKNOWN, ""),
    ("-1 OR 1=1", UNKNOWN, ""),
    ("", UNKNOWN, ""),
]


@pytest.mark.parametrize(("agent", "kind", "name"), AGENTS)
def test_agents_of_real_logs(agent: str, kind: bytes, name: str) -> None:
    assert classified(agent.encode()) == (kind, name.encode())
    assert crawler_name(agent.encode()) == (name.encode() if kind == CRAWLER else b"")


@given(st.binary(max_size=300))
def test_any_bytes_have_a_kind(agent: bytes) -> None:
    assert classified(agent).kind in KINDS


def test_every_crawler_of_the_table_is_found_by_its_word() -> None:
    for word, name in CRAWLERS.items():
        assert classified(b"Mozilla/5.0 (compatible; %b/1.0)" % word.upper()) == (CRAWLER, name)
    assert {b"GPTBot", b"ClaudeBot", b"PerplexityBot", b"Bytespider", b"CCBot"} <= MODEL_CRAWLERS


def test_a_long_agent_takes_no_long_time() -> None:
    assert classified(b"spider" * 500_000).kind == CRAWLER
    assert classified(b"x-" * 1_000_000).kind == UNKNOWN
