package io.github.litealloc.benchmarks.demo.load;

/**
 * What one connection asks for, and who counts it. Confined to the connection's event loop.
 *
 * @param load whose connection it is
 * @param number of the connection, for when it is made anew
 * @param mix what to ask for
 * @param figures who counts
 * @param isSlow whether it only reads, and slowly
 */
record ShapedClient(
    ShapedLoad load, int number, RequestMix mix, LoadFigures figures, boolean isSlow) {

  /** Returns the next request; one that reads slowly sends no bodies. */
  RequestMix.Request next() {
    RequestMix.Request request = mix.next();
    return isSlow
        ? new RequestMix.Request(request.id(), RequestMix.Kind.GET, request.bytes())
        : request;
  }

  /** Counts what was not answered because its connection or stream was gone. */
  void countLost(int requests, String problem) {
    if (!load.isStopping()) {
      figures.failures().add(Math.max(1, requests), problem);
    }
  }
}
