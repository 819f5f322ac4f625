/** Off-heap arenas, each confined to one thread, with a choice of allocation strategies. */
@SuppressWarnings("module") // our other modules, which are not there when this one is compiled
module io.github.litealloc {
  // Only to guess a ceiling where nobody sets one; images may leave them out.
  requires static java.management;
  requires static jdk.management;
  requires static jdk.jfr;
  requires static org.jspecify;

  exports io.github.litealloc;
  exports io.github.litealloc.memory;
  exports io.github.litealloc.internal to
      io.github.litealloc.netty,
      io.github.litealloc.metrics,
      io.github.litealloc.junit;

  uses io.github.litealloc.StrategyFactory;
}
