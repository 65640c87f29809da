"""Callees that tell something about whoever calls them: the patterns behind the rules on time and on allocations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from glance.domain.profiles.suspect import ALLOCATE, COMPILE, COPY, ENCODE, FORMAT, IMPORT, REFLECT, Rule
from glance.domain.profiles.suspect_owner import FrameName

NOTHING = re.compile(r"(?!)")
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a rule looks for: a function by its name, or a Python function by its name and its file."""

    rule: Rule
    names: Pattern = NOTHING
    """Matched from the beginning."""
    python_names: Pattern = field(default=NOTHING)
    """Matched whole."""
    python_files: Pattern = field(default=NOTHING)
    """Searched in the path."""

    def is_pulled(self, frame: FrameName) -> bool:
        """Whether this frame is it."""
        if self.names.match(frame.function):
            return True
        if not frame.file or not self.python_files.search(frame.file):
            return False
        return self.python_names.fullmatch(frame.function.rpartition(".")[2]) is not None


def _python(files: str) -> Pattern:
    return re.compile(rf"(?:^|/)(?:{files})$")


TRIGGERS = (
    Trigger(
        COMPILE,
        re.compile(
            r"regexp\.(?:MustCompile|Compile|compile|Match)|regexp/syntax\.(?:Parse|Compile)$|"
            r"github\.com/dlclark/regexp2\.(?:Must)?Compile|"
            r"(?:text|html)/template\.(?:\(\*Template\)\.Parse|Parse(?:Files|Glob|FS))|text/template/parse\.Parse$|"
            r".*jsonschema(?:/v\d+)?\.(?:\(\*(?:Compiler|SchemaLoader|Schema)\)\.)?(?:Must)?(?:Compile\w*|NewSchema)|"
            r"github\.com/google/cel-go/cel\.\(\*Env\)\.(?:Compile|Parse|Check)|"
            r"crypto/tls\.(?:LoadX509KeyPair|X509KeyPair)|crypto/x509\.(?:SystemCertPool|\(\*CertPool\)\.AppendCerts)|"
            r"time\.LoadLocation|regex::regex::\w+::Regex(?:Builder)?::(?:new|build)|regex::Regex::new|"
            r"(?:re|sre_compile|sre_parse)\.(?:compile|_compile|parse)$|java[./]util[./]regex[./]Pattern[.:]+compile"
        ),
        re.compile(r"_?compile|_compile_template|from_string|parse"),
        _python(r"sre_compile\.py|sre_parse\.py|re\.py|re/(?:__init__|_compiler|_parser)\.py|jinja2/environment\.py"),
    ),
    Trigger(
        COPY,
        re.compile(r"copy\.deepcopy$|github\.com/(?:mitchellh/copystructure|jinzhu/copier|mohae/deepcopy)\."),
        re.compile("deepcopy"),
        _python(r"copy\.py"),
    ),
    Trigger(
        IMPORT,
        re.compile(
            r"(?:_find_and_load|_find_and_load_unlocked|_handle_fromlist|_gcd_import|import_module|exec_module)\b"
        ),
    ),
    Trigger(
        ENCODE,
        re.compile(
            r"encoding/(?:json|xml|gob|csv|asn1)[./]|gopkg\.in/yaml\.|github\.com/goccy/go-yaml|"
            r"github\.com/(?:json-iterator/go|goccy/go-json|bytedance/sonic|mailru/easyjson)\b|"
            r"google\.golang\.org/protobuf/(?:proto|internal/impl|encoding)[./]|serde_json::|"
            r"(?:json|yaml|simplejson|pickle)\.(?:dumps?|loads?|safe_load|encode|decode)$"
        ),
        re.compile(r".+"),
        _python(
            r"json/(?:__init__|encoder|decoder|scanner)\.py|simplejson/\w+\.py|yaml/\w+\.py|pickle\.py|plistlib\.py"
        ),
    ),
    Trigger(FORMAT, re.compile(r"fmt\.|text/tabwriter\.|log\.\(\*Logger\)\.(?:Print|Fatal|Panic)")),
    Trigger(REFLECT, re.compile(r"reflect\.|internal/reflectlite\.|java[./]lang[./]reflect[./]")),
    Trigger(ALLOCATE, re.compile(r"runtime\.(?:mallocgc|newobject|makeslice|growslice|makemap|gcAssistAlloc)")),
)
"""In this order: what one of them has told is not told again by the next."""

COLLECTION = re.compile(
    r"runtime\.(?:gcBgMarkWorker|gcAssistAlloc|bgsweep|bgscavenge|gcDrain)|\(garbage collector\)$|"
    r"GCTaskThread|G1(?:Parallel|Concurrent)|gc_collect_main|collect_with_callback"
)
"""The garbage collector at work."""

REQUEST = re.compile(
    r"net/http\.(?:HandlerFunc\.ServeHTTP|serverHandler\.ServeHTTP|\(\*ServeMux\)\.ServeHTTP|\(\*conn\)\.serve$)|"
    r"google\.golang\.org/grpc\.\(\*Server\)\.(?:handleStream|processUnaryRPC|processStreamingRPC)|"
    r"github\.com/valyala/fasthttp\.\(\*Server\)\.serveConn|net/rpc\.\(\*service\)\.call|"
    r"hyper::proto::|actix_web::|axum::|org[./]apache[./]catalina|org[./]eclipse[./]jetty|io[./]netty[./]handler"
)
"""Who answers requests."""
REQUEST_FILE = re.compile(
    r"(?:^|/)(?:django/core/handlers/|flask/app\.py|werkzeug/serving\.py|starlette/|uvicorn/protocols/|"
    r"gunicorn/workers/|aiohttp/web_|http/server\.py|socketserver\.py|wsgiref/|tornado/web\.py|sanic/app\.py|"
    r"cherrypy/|bottle\.py|falcon/app)"
)
STARTING = re.compile(r"runtime\.(?:doInit\d?|schedinit)$|(?:[^\s/(]+/)*[^\s/.(]+\.init(?:\.\d+)?$|<module>|<clinit>")
"""A program at its start: what it does there, it does once."""
