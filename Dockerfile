# On the Python that CI tests with, from the lock and with the flags of ./scripts/setup (tests/test_setup.py compares them).
# Two stages: what builds the environment stays behind; what runs has no compiler, no pip cache and no root.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements/run.lock requirements/
RUN python -m venv /app/.venv && /app/.venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: \
    -r requirements/run.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin smsstatus \
    && install --directory --owner=smsstatus --mode=0700 /data
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY bot /app/bot
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SMSSTATUS_HOST=0.0.0.0 SMSSTATUS_PORT=3000 \
    SMSSTATUS_DATA_DIR=/data MALLOC_ARENA_MAX=2
USER smsstatus
EXPOSE 3000
VOLUME /data
# http.client knows no proxy: urllib would send this through http_proxy, if the container has one.
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['SMSSTATUS_PORT']), timeout=2); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
