package io.github.litealloc.metrics.internal.dashboard;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are open, at most {@link #MAX_CONNECTIONS}. Whoever comes when all are taken
 * gets the place of the one that has kept us waiting the longest, so that those who are slow, or
 * many, keep no scraper out. The dashboard's thread only.
 */
final class ConnectionList {

  static final int MAX_CONNECTIONS = 32;

  /** A connection, as far as its place is concerned. */
  interface Connection {

    /** Returns when it must be done with what it is at, or {@link Long#MAX_VALUE}. */
    long deadlineNanos();

    /** Returns whether it may lose its place to another one. */
    boolean mayGiveWay();

    /** Returns since when it has kept us waiting. */
    long waitingSinceNanos();

    void close();
  }

  private final List<Connection> connections = new ArrayList<>(MAX_CONNECTIONS);
  private final LongSupplier nanoTime;

  ConnectionList(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Adds a connection; {@code false} if there is no place. */
  boolean add(Connection connection) {
    if (connections.size() >= MAX_CONNECTIONS) {
      Connection slowest = slowest();
      if (slowest == null) {
        return false;
      }
      connections.remove(slowest);
      slowest.close();
    }
    return connections.add(connection);
  }

  private @Nullable Connection slowest() {
    Connection slowest = null;
    for (Connection each : connections) {
      if (each.mayGiveWay()
          && (slowest == null || each.waitingSinceNanos() - slowest.waitingSinceNanos() < 0)) {
        slowest = each;
      }
    }
    return slowest;
  }

  void remove(Connection connection) {
    connections.remove(connection);
  }

  /** Closes those whose time is over. */
  void closeLate() {
    long now = nanoTime.getAsLong();
    // A copy: closing one removes it from the list.
    for (Connection each : List.copyOf(connections)) {
      long deadline = each.deadlineNanos();
      if (deadline != Long.MAX_VALUE && now - deadline >= 0) {
        each.close();
      }
    }
  }

  void closeAll() {
    List.copyOf(connections).forEach(Connection::close);
  }

  int size() {
    return connections.size();
  }
}
