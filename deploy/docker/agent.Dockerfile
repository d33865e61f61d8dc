# The agent of one domain. Build from the root of the repository:
#   docker build -f deploy/docker/agent.Dockerfile -t lineage-agent:0.1.0 .
# A mirror of packages:  --secret id=pip.conf,src=$HOME/.config/pip/pip.conf  (stays out of every layer)
# linux/amd64 only: for Linux on ARM there is no wheel of a SQLite that is safe for a write-ahead log; the build says so.

# A registry of your own, or a digest:  --build-arg PYTHON=registry.example/python:3.13-slim-trixie@sha256:...
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY deploy/docker/build.lock deploy/docker/agent.lock ./
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv tools && tools/bin/pip install --require-hashes --only-binary :all: -r build.lock
# No pip in the environment that is shipped.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv --without-pip /app \
    && tools/bin/pip --python /app/bin/python install --require-hashes --only-binary :all: -r agent.lock
COPY shared shared
COPY agent agent
RUN tools/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir wheels ./shared ./agent \
    && tools/bin/pip --python /app/bin/python install --no-deps --no-index wheels/*.whl \
    && /app/bin/python -c "from lineage_agent.store.driver import version; print('SQLite', version())"

FROM ${PYTHON}
# Numeric, so that Kubernetes can see that it is not root. /data is where the store goes: mount a volume there.
RUN install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /app /app
COPY deploy/docker/healthy.py /app/healthy.py
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LINEAGE_AGENT_HOST=0.0.0.0 \
    LINEAGE_AGENT_PORT=8081 \
    LINEAGE_AGENT_DB=/data/lineage.db
USER 10001:10001
WORKDIR /data
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "/app/healthy.py", "8081"]
ENTRYPOINT ["lineage-agent"]
CMD ["serve"]
