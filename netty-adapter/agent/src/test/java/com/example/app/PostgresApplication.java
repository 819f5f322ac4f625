package com.example.app;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import java.time.Duration;
import java.util.Objects;
import reactor.core.publisher.Flux;

/**
 * r2dbc-postgresql, queries of one row; {@code -Dpostgres.port} of a real server, if there is one.
 */
final class PostgresApplication {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TEXT = "x".repeat(20_000);

  private PostgresApplication() {}

  static void run() throws Exception {
    try (PostgresServer server = new PostgresServer(TEXT)) {
      PostgresqlConnection connection =
          new PostgresqlConnectionFactory(
                  PostgresqlConnectionConfiguration.builder()
                      .host("127.0.0.1")
                      .port(Integer.getInteger("postgres.port", server.port()))
                      .username("postgres")
                      .database("postgres")
                      .build())
              .create()
              .block(PATIENCE);
      try {
        for (int i = 0; i < 10; i++) {
          String answer =
              Flux.from(
                      Objects.requireNonNull(connection)
                          .createStatement("SELECT repeat('x', 20000)")
                          .execute())
                  .flatMap(result -> result.map((row, metadata) -> row.get(0, String.class)))
                  .blockLast(PATIENCE);
          if (!TEXT.equals(answer)) {
            throw new IllegalStateException("answer: " + answer);
          }
        }
      } finally {
        connection.close().block(PATIENCE);
      }
    }
  }
}
