# On the Python that CI tests with, from the lock and with the flags of ./scripts/setup. tests/deploy replays each step.
# Two stages: what builds the environment stays behind; what runs has no compiler, no pip and no root.
# The base is pinned by its release and by the digest of all its architectures; the update bot raises both.
FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d AS build
WORKDIR /app
COPY requirements/run.lock requirements/
RUN python -m venv --without-pip /app/.venv
RUN python -m pip --python /app/.venv/bin/python install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
    -r requirements/run.lock
# A third of it is data that is never read: places of landlines, and the calendars of languages that nobody is answered in.
RUN rm -r /app/.venv/lib/python3.*/site-packages/phonenumbers/geodata
RUN find /app/.venv/lib/python3.*/site-packages/babel/locale-data -name '*.dat' ! -name 'root.dat' ! -name 'en*.dat' \
    ! -name 'zh*.dat' -delete
COPY bot /app/bot
# Nothing can be compiled later: the root file system may be read-only.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app/bot

FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin smsstatus \
    && install --directory --owner=smsstatus --mode=0700 /data
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY --from=build /app/bot /app/bot
# HOME for whoever runs it as another user, who has none: slack_sdk asks for one when it is loaded.
ENV HOME=/data PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SMSSTATUS_HOST=0.0.0.0 SMSSTATUS_PORT=3000 \
    SMSSTATUS_DATA_DIR=/data MALLOC_ARENA_MAX=2
USER 10001
EXPOSE 3000
VOLUME /data
# http.client knows no proxy: urllib would send this through http_proxy, if the container has one.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['SMSSTATUS_PORT']), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
