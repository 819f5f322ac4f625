/** A Netty buffer allocator with one off-heap arena per event loop. */
module io.github.litealloc.netty {
  requires transitive io.github.litealloc;
  requires transitive io.netty.buffer;
  requires transitive io.netty.common;
  requires transitive io.netty.transport;
  requires static io.netty.codec.http2;
  requires static io.netty.handler;
  requires static jdk.jfr;
  requires static org.jspecify;

  exports io.github.litealloc.netty;
}
