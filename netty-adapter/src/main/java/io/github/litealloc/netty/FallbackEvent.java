package io.github.litealloc.netty;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** Another allocator served a request; at most one event per reason and interval. */
@Name("io.github.litealloc.Fallback")
@Label("Fallback")
@Description(
    "Another allocator served a request. At most ten a second for each allocator and reason: the"
        + " totals include what has no event of its own")
@Category("lite-alloc")
final class FallbackEvent extends Event {

  @Label("Allocator")
  @Nullable String allocator;

  @Label("Reason")
  @Nullable String reason;

  @DataAmount
  @Label("Bytes")
  @Description("What this request asked for")
  int bytes;

  @Label("Requests in Total")
  long totalRequests;

  @DataAmount
  @Label("Bytes in Total")
  long totalBytes;

  static void commit(
      String allocator, FallbackReason reason, int bytes, FallbackCounters counters) {
    FallbackEvent event = new FallbackEvent();
    if (event.shouldCommit()) {
      event.allocator = allocator;
      event.reason = reason.id();
      event.bytes = bytes;
      event.totalRequests = counters.requests(reason);
      event.totalBytes = counters.bytes(reason);
      event.commit();
    }
  }
}
