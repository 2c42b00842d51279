# The image of web and scheduler. Only what the lock names is installed; nothing runs as root.

FROM python:3.13-slim AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/gongshi
COPY requirements-run.lock requirements-build.lock ./
RUN python -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements-build.lock \
 && /opt/gongshi/bin/python -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements-run.lock
COPY . .
RUN python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/gongshi/bin/python -m pip install --quiet --no-deps dist/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home gongshi \
 && install --directory --owner gongshi /var/lib/gongshi
COPY --from=build /opt/gongshi /opt/gongshi
ENV PATH=/opt/gongshi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GONGSHI_DATA=/var/lib/gongshi
USER gongshi
WORKDIR /var/lib/gongshi
VOLUME /var/lib/gongshi
EXPOSE 8000
ENTRYPOINT ["gongshi"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
