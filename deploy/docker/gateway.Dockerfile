# The gateway. Build from the root of the repository:
#   docker build -f deploy/docker/gateway.Dockerfile -t lineage-gateway:0.1.0 .
# A mirror of packages:  --secret id=pip.conf,src=$HOME/.config/pip/pip.conf  (stays out of every layer)

# A registry of your own, or a digest:  --build-arg PYTHON=registry.example/python:3.13-slim-trixie@sha256:...
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY deploy/docker/build.lock deploy/docker/gateway.lock ./
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv tools && tools/bin/pip install --require-hashes --only-binary :all: -r build.lock
# No pip in the environment that is shipped.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv --without-pip /app \
    && tools/bin/pip --python /app/bin/python install --require-hashes --only-binary :all: -r gateway.lock
COPY shared shared
COPY gateway gateway
RUN tools/bin/pip wheel --no-deps --no-index --no-build-isolation --wheel-dir wheels ./shared ./gateway \
    && tools/bin/pip --python /app/bin/python install --no-deps --no-index wheels/*.whl \
    && /app/bin/lineage-gateway schema >/dev/null

FROM ${PYTHON}
COPY --from=build /app /app
COPY deploy/docker/healthy.py /app/healthy.py
ENV PATH=/app/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    LINEAGE_GATEWAY_HOST=0.0.0.0 \
    LINEAGE_GATEWAY_PORT=8080 \
    LINEAGE_GATEWAY_CONFIG=/etc/lineage/mesh.toml
# Numeric, so that Kubernetes can see that it is not root. The gateway writes nothing.
USER 10001:10001
WORKDIR /etc/lineage
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "/app/healthy.py", "8080"]
ENTRYPOINT ["lineage-gateway"]
CMD ["serve"]
