"""Noise of scanners, by stated rules: requests for what this server never had, tried on every server there is.

**A probe path** has one of the parts of `_PARTS` in it, whatever stands around them and however it is
written (`%2e` counts as `.`, letters of any size): files of secrets and version control, administration of
databases, log-ins of common site builders and appliances, shells left behind, ways out of the directory.
**Noise** is a probe path that was answered with 4xx: where the server has such a page, it is real traffic.
"""

from __future__ import annotations

import re

from glance.domain.logs.agent_kind import classified
from glance.domain.logs.status import CLIENT_ERROR, error_class

SCANNER = b"scanner"
"""The only kind of noise that there is yet."""

_PARTS = rb"""
/wp-(?:login|config|admin|signup|load|settings) /wp-(?:content|includes)/.*\.php \A/+wordpress/?\Z /xmlrpc\.php
/wlwmanifest\.xml /\.env /\.git(?:/|config|ignore|\Z) /\.svn /\.hg(?:/|\Z) /\.aws /\.ssh /\.docker /\.kube /\.npmrc
/\.ds_store /\.ht(?:access|passwd) /\.vscode /\.idea /\.bash_history /\.config(?:/|\Z) /\.s3cfg /\.ftpconfig
/\.well-known/.*\.php /(?:php)?my-?admin /pma(?:/|\d|\Z) /myadmin /mysql-?(?:admin|manager) \A/+mysql/?\Z
/sqlite(?:manager|/) /adminer /dbadmin /websql /php-?info /info\.php \A/+(?:i|test|admin|1|x)\.php /eval-stdin\.php
/vendor/phpunit /cgi-bin/ /boaform /hnap1 /goform/ /gponform /setup\.cgi /manager/(?:html|text) /host-manager /solr/
/actuator /_ignition /jmx-console /web-console /invoker/jmx /wls-wsat /struts /owa/auth /autodiscover \A/+ecp/
/remote/fgt_lang /remote/login /dana-na /global-protect /\+cscoe\+ /geoserver /hudson /jenkins/(?:login|script)
/telescope/requests /server-status /server-info \A/+druid/ /nacos /hystrix /_profiler
/(?:backup|dump|db|database|site|www|web|wwwroot)[^/]*\.(?:zip|sql|tar|gz|tgz|rar|7z|bak) /shell\.php \A/+shell\Z
/(?:c99|r57|wso|alfa|alfacgiapi|webshell)[^/]*\.php /joomla /administrator/(?:index|manifests|components) /typo3/
/magento_version /downloader/index\.php /xampp \A/+webdav/ \A/+sdk/?\Z /evox/ /nice%20ports /nmap /think(?:php)?
/index\.php/module/action /portal/redlion /cf_scripts /cfide /luci /stalker_portal /\.\./ /etc/(?:passwd|shadow)
/proc/self /windows/win\.ini /boot\.ini /bin/(?:sh|bash) /aws/credentials
/(?:id_rsa|credentials\.json|secrets?\.(?:json|ya?ml)|web\.config|config\.(?:inc|bak)|wp-config)
"""


def _compiled(parts: list[bytes]) -> re.Pattern[bytes]:
    """One expression for all, tried where a slash is: what they begin with is taken out of them."""
    first = [part.removeprefix(rb"\A/+") for part in parts if part.startswith(rb"\A/+")]
    after = [part.removeprefix(b"/") for part in parts if part.startswith(b"/")]
    return re.compile(rb"/(?:%b)|\A/+(?:%b)" % (b"|".join(after), b"|".join(first)))


_PROBE = _compiled(_PARTS.split())
_MARKS = re.compile(rb"%(2[ef]|5c)")
_WRITTEN = {b"2e": b".", b"2f": b"/", b"5c": b"/"}

MOST_BYTES = 2048
"""Of a path, how much is looked at."""

AGENTS = frozenset(
    b"nikto sqlmap nmap masscan zgrab nuclei wpscan dirbuster gobuster ffuf feroxbuster netsparker acunetix openvas "
    b"nessus arachni censysinspect expanse l9explore l9tcpid internetmeasurement".split()
)
"""Tools whose only use is to look for what can be broken into."""


def is_probe(path: bytes) -> bool:
    """Whether a path is one that scanners try everywhere."""
    path = path[:MOST_BYTES].lower()
    if b"%" in path:
        path = _MARKS.sub(lambda found: _WRITTEN[found[1]], path)
    return _PROBE.search(path.replace(b"\\", b"/")) is not None


def is_noise(path: bytes, status: bytes) -> bool:
    """Whether a request is noise of a scanner: a probe path that the server refused or does not have."""
    return error_class(status) == CLIENT_ERROR and is_probe(path)


def scanner_name(agent: bytes) -> bytes:
    """The name of the scanner that an agent says it is; empty when it says no such thing."""
    name = classified(agent).name
    return name if name in AGENTS else b""
