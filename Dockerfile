# The released image: the service without the sandbox, as an unprivileged user, with CA certificates and one volume.
# To build from images that nobody can move, name their digests:
#   docker build --build-arg RUST_IMAGE=rust@sha256:… --build-arg DEBIAN_IMAGE=debian@sha256:… .
ARG RUST_IMAGE=rust:1.95-slim-trixie
ARG DEBIAN_IMAGE=debian:trixie-slim
FROM ${RUST_IMAGE} AS build
WORKDIR /stopgap
COPY . .
RUN cargo build --release --locked --no-default-features --features hsm

FROM ${DEBIAN_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home stopgap \
    && install -d -o stopgap -g stopgap /data
COPY --from=build /stopgap/target/release/stopgap /usr/local/bin/stopgap
# By number: Kubernetes cannot tell from a name that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Started at once so that `docker compose up --wait` is quick; the service is ready in well under a second.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --start-interval=1s CMD ["stopgap", "health"]
ENTRYPOINT ["stopgap"]
CMD ["serve"]
