# docker build -t glance .
# docker run -it -v /var/log/nginx:/data:ro glance /data/access.log

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
# Dependencies first, so that a change of the code does not fetch them again.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes --only-binary :all: -r requirements-build.lock \
 && python -m venv --without-pip /opt/glance \
 && pip --python /opt/glance/bin/python install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY glance glance
RUN /opt/build/bin/hatchling build --target wheel --directory /wheels \
 && pip --python /opt/glance/bin/python install --no-index --no-deps /wheels/*.whl \
 && /opt/glance/bin/python -m compileall -q /opt/glance/lib

FROM python:3.13-slim
# A terminal that shows colours is the rule; `docker run -e TERM -e COLORTERM` passes on what yours is.
ENV PATH=/opt/glance/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONUTF8=1 \
    TERM=xterm-256color \
    COLORTERM=truecolor
RUN useradd --create-home --uid 1000 glance \
 && install -d -o glance -g glance -m 0700 /home/glance/.local/state/glance
COPY --from=build /opt/glance /opt/glance
USER glance
WORKDIR /data
ENTRYPOINT ["glance"]
