# The released image: the service without the sandbox, as an unprivileged user, with CA certificates and one volume.
FROM rust:1.95-slim-trixie AS build
WORKDIR /stopgap
COPY . .
RUN cargo build --release --locked --no-default-features --features hsm

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home stopgap \
    && install -d -o stopgap -g stopgap /data
COPY --from=build /stopgap/target/release/stopgap /usr/local/bin/stopgap
USER stopgap
WORKDIR /data
VOLUME /data
EXPOSE 8080
# Started at once so that `docker compose up --wait` is quick; the service is ready in well under a second.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --start-interval=1s CMD ["stopgap", "health"]
ENTRYPOINT ["stopgap"]
CMD ["serve"]
