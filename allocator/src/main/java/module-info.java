/** Off-heap arenas, each confined to one thread, with a choice of allocation strategies. */
module io.github.litealloc {
  requires java.management;
  requires jdk.management;
  requires static jdk.jfr;
  requires static org.jspecify;

  exports io.github.litealloc;

  uses io.github.litealloc.StrategyFactory;
}
