/** A JUnit 5 extension that finds Netty buffers which a test has left behind. */
module io.github.litealloc.junit {
  requires transitive io.github.litealloc.netty;
  requires transitive org.junit.jupiter.api;

  // Annotations only: nothing at run time needs them.
  requires static org.jspecify;

  exports io.github.litealloc.junit;
}
