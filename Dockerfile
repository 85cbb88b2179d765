# tiermap, built from this folder. DuckDB's library is linked in, hence a C++
# toolchain for the build and libstdc++ beside the binary.
FROM golang:1.25-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=container
RUN go build -trimpath -ldflags "-X main.version=${VERSION}" -o /tiermap ./cmd/tiermap

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libstdc++6 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/tiermap --create-home tiermap
COPY --from=build /tiermap /usr/local/bin/tiermap
COPY data /usr/share/tiermap/data
USER tiermap
WORKDIR /var/lib/tiermap
EXPOSE 8080
ENTRYPOINT ["tiermap"]
CMD ["serve", "--addr", "0.0.0.0:8080"]
