"""Formats that the text of a server's configuration declares."""

from __future__ import annotations

from glance.domain.logs.server_config import DeclaredFormat, declared_formats

NGINX = r"""
http {
    # log_format old '$status';
    log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                    '$status $body_bytes_sent "$http_referer" '
                    '"$http_user_agent" rt=$request_time';
    log_format json escape=json '{"time":"$time_iso8601",'
        '"status":$status}';
    access_log /var/log/nginx/access.log main;
    server { access_log /var/log/nginx/api.log json buffer=32k; access_log off; }
}
"""
APACHE = r"""
#LogFormat "%h" old
LogFormat "%h %l %u %t \"%r\" %>s %b" common
logformat "%v:%p %h %l %u %t \"%r\" %>s %O \
\"%{Referer}i\"" vhost
CustomLog ${APACHE_LOG_DIR}/access.log common
CustomLog "/var/log/apache2/time.log" "%h %t \"%r\" %>s %D"
"""


def test_nginx_pieces_are_joined_and_named_logs_found() -> None:
    main = (
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
        '"$http_user_agent" rt=$request_time'
    )
    assert declared_formats(NGINX) == [
        DeclaredFormat("main", main, ("/var/log/nginx/access.log",)),
        DeclaredFormat("json", '{"time":"$time_iso8601","status":$status}', ("/var/log/nginx/api.log",)),
    ]


def test_apache_formats_and_those_within_custom_log() -> None:
    assert declared_formats(APACHE) == [
        DeclaredFormat("common", '%h %l %u %t "%r" %>s %b', ("${APACHE_LOG_DIR}/access.log",)),
        DeclaredFormat("vhost", '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i"', ()),
        DeclaredFormat("", '%h %t "%r" %>s %D', ("/var/log/apache2/time.log",)),
    ]


def test_a_text_without_formats_declares_none() -> None:
    assert declared_formats("server { listen 80; }\n\0\xff") == []
