"""Crawlers by name: what their agents call themselves. A name is a claim, nothing here proves it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SEARCH = """
googlebot Googlebot|googlebot-image Googlebot-Image|googlebot-video Googlebot-Video|googlebot-news Googlebot-News
googlebot-mobile Googlebot|googleother GoogleOther|googleother-image GoogleOther|googleother-video GoogleOther
storebot-google Storebot-Google|google-inspectiontool Google-InspectionTool|google-read-aloud Google-Read-Aloud
google-site-verification Google-Site-Verifier|mediapartners-google Mediapartners-Google|adsbot-google AdsBot-Google
adsbot-google-mobile AdsBot-Google|apis-google APIs-Google|feedfetcher-google FeedFetcher-Google|google-safety Google
bingbot bingbot|bingpreview BingPreview|msnbot msnbot|msnbot-media msnbot|adidxbot AdIdxBot|slurp Yahoo-Slurp
duckduckbot DuckDuckBot|duckduckgo-favicons-bot DuckDuckBot|baiduspider Baiduspider|baiduspider-image Baiduspider
baiduspider-render Baiduspider|yandexbot YandexBot|yandeximages YandexImages|yandexdirect YandexDirect
yandexmobilebot YandexBot|yandexmetrika YandexMetrika|yandexaccessibilitybot YandexBot
yandexrenderresourcesbot YandexBot|sogou Sogou|360spider 360Spider|haosouspider 360Spider|yisouspider YisouSpider
petalbot PetalBot|seznambot SeznamBot|qwantbot Qwantbot|qwantify Qwantbot|mojeekbot MojeekBot|naverbot Yeti|yeti Yeti
coccocbot-web Coccoc|coccocbot-image Coccoc|applebot Applebot|exabot Exabot|mail.ru Mail.RU_Bot
easouspider EasouSpider|voilabot VoilaBot|marginalia Marginalia
"""

_MODELS = """
gptbot GPTBot|oai-searchbot OAI-SearchBot|chatgpt-user ChatGPT-User|chatgpt ChatGPT-User|oai-adsbot OAI-AdsBot
claudebot ClaudeBot|claude-user Claude-User|claude-searchbot Claude-SearchBot|claude-web Claude-Web
anthropic-ai anthropic-ai|perplexitybot PerplexityBot|perplexity-user Perplexity-User|bytespider Bytespider
tiktokspider TikTokSpider|google-extended Google-Extended|google-cloudvertexbot Google-CloudVertexBot
google-notebooklm Google-NotebookLM|google-agent Google-Agent|applebot-extended Applebot-Extended|amazonbot Amazonbot
meta-externalagent Meta-ExternalAgent|meta-externalfetcher Meta-ExternalFetcher|meta-webindexer Meta-WebIndexer
facebookbot FacebookBot|ccbot CCBot|cohere-ai cohere-ai|cohere-training-data-crawler cohere-ai|diffbot Diffbot
youbot YouBot|duckassistbot DuckAssistBot|mistralai-user MistralAI-User|pangubot PanguBot|ai2bot AI2Bot
ai2bot-dolma AI2Bot|timpibot Timpibot|omgilibot omgili|omgili omgili|webzio-extended Webzio|imagesiftbot ImagesiftBot
friendlycrawler FriendlyCrawler|icc-crawler ICC-Crawler|img2dataset img2dataset|phindbot PhindBot
velenpublicwebcrawler VelenPublicWebCrawler|deepseekbot DeepSeekBot|firecrawlagent FirecrawlAgent|xai-grok Grok
bedrockbot Bedrockbot|sbintuitionsbot SBIntuitionsBot|petalsearch PetalBot|iaskbot iAskBot|andibot Andibot
"""

_LINKS = """
facebookexternalhit facebookexternalhit|facebookcatalog facebookcatalog|twitterbot Twitterbot|slackbot Slackbot
slackbot-linkexpanding Slackbot|slack-imgproxy Slackbot|discordbot Discordbot|telegrambot TelegramBot
whatsapp WhatsApp|linkedinbot LinkedInBot|pinterestbot Pinterestbot|redditbot redditbot
skypeuripreview SkypeUriPreview|embedly Embedly|iframely Iframely|mastodon Mastodon|vkshare vkShare
flipboardproxy FlipboardProxy|nuzzel Nuzzel|bitlybot BitlyBot
"""

_INDEXES = """
ahrefsbot AhrefsBot|ahrefssiteaudit AhrefsSiteAudit|semrushbot SemrushBot|semrushbot-ba SemrushBot
siteauditbot SemrushBot|mj12bot MJ12bot|dotbot DotBot|rogerbot rogerbot|dataforseobot DataForSeoBot|blexbot BLEXBot
serpstatbot serpstatbot|barkrowler Barkrowler|seokicks SEOkicks|seokicks-robot SEOkicks|linkdexbot linkdexbot
megaindex.ru MegaIndex|sitebulb Sitebulb|deepcrawl Lumar|oncrawl OnCrawl|botify Botify|neevabot Neevabot
turnitinbot TurnitinBot|turnitin TurnitinBot|magpie-crawler magpie-crawler|trendictionbot trendictionbot
archive.org archive.org_bot|archiver archive.org_bot|heritrix Heritrix|arquivo-web-crawler Arquivo|spinn3r Spinn3r
psbot psbot|grapeshot Grapeshot|grapeshotcrawler Grapeshot|proximic proximic|ias-va IAS|ttd-content TTD|feedly Feedly
feedbin Feedbin|inoreader Inoreader|newsblur NewsBlur|miniflux Miniflux|freshrss FreshRSS|tt-rss.org Tiny-Tiny-RSS
feedburner FeedBurner|theoldreader The-Old-Reader|netvibes Netvibes|newsboat Newsboat|netnewswire NetNewsWire
bazqux BazQux|superfeedr Superfeedr|commafeed CommaFeed|universalfeedparser UniversalFeedParser|liferea Liferea
livejournal.com LiveJournal|wappalyzer Wappalyzer
"""


def _table(*texts: str) -> dict[bytes, bytes]:
    """Word in small letters → name."""
    entries = [entry.split() for text in texts for line in text.split("\n") for entry in line.split("|") if entry]
    return {word.encode(): name.encode() for word, name in entries}


CRAWLERS = _table(_SEARCH, _MODELS, _LINKS, _INDEXES)
"""Names of crawlers by a word of their agents, in small letters: search engines, trainers and users of
language models, previews of links, indexes of other purposes, readers of feeds."""

MODEL_CRAWLERS = frozenset(_table(_MODELS).values())
"""Names of those that read for language models."""

LONGEST_NAME = 40

UNNAMED = b"unnamed"
"""The name of a crawler that only links to a page about itself."""

_OTHER = re.compile(rb"bot(?![a-z])|robot|crawl|spider|scrap(?:er|y)")
_SAME = re.compile(rb"cubot|(?:ro)?bots?\.(?:html?|txt|php)")
"""Words with `bot` in them that name none: a maker of phones, pages about some crawler."""
_HINT = re.compile(rb"bot|crawl|spider|scrap")


def other_crawler(words: Sequence[bytes]) -> bytes:
    """The name of a crawler that is in no table but calls itself one; empty when it does not.

    Args:
        words: of its agent, in small letters.
    """
    if not _HINT.search(b" ".join(words)):
        return b""
    hints = [word for word in words if _HINT.search(word)]
    for word in hints:
        if _OTHER.search(word) and not _SAME.fullmatch(word):
            return word.strip(b".-")[:LONGEST_NAME]
    return UNNAMED if any(_SAME.fullmatch(word) and word != b"cubot" for word in hints) else b""
