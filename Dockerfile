# docker build -t fastvec .
# docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" fastvec train text.txt -o vectors.bin
FROM python:3.13-slim AS build
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
COPY . /source
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /source

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir /wheels/*.whl \
    && useradd --uid 1000 --create-home fastvec \
    && install --directory --owner 1000 /data
USER 1000
WORKDIR /data
ENTRYPOINT ["fastvec"]
CMD ["--help"]
