package io.github.litealloc.benchmarks.demo.server;

import io.netty.handler.ssl.ApplicationProtocolNames;

/** What the server and its clients speak. Nobody negotiates: both sides know it before. */
public enum Protocol {
  /** HTTP/1.1, with requests that wait behind each other in a connection. */
  HTTP1("http1", "HTTP/1.1", ApplicationProtocolNames.HTTP_1_1),
  /** HTTP/2, each request in a stream of its own; without TLS by prior knowledge. */
  HTTP2("http2", "HTTP/2", ApplicationProtocolNames.HTTP_2);

  private final String id;
  private final String label;
  private final String alpnName;

  Protocol(String id, String label, String alpnName) {
    this.id = id;
    this.label = label;
    this.alpnName = alpnName;
  }

  /**
   * Returns the name that users type.
   *
   * @return {@code http1} or {@code http2}
   */
  public String id() {
    return id;
  }

  /** Returns what TLS calls it. */
  public String alpnName() {
    return alpnName;
  }

  /** Returns the name for a reader. */
  @Override
  public String toString() {
    return label;
  }
}
