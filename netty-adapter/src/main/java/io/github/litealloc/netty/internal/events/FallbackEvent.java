package io.github.litealloc.netty.internal.events;

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
      String allocator, String reason, int bytes, long totalRequests, long totalBytes) {
    FallbackEvent event = new FallbackEvent();
    if (event.shouldCommit()) {
      event.allocator = allocator;
      event.reason = reason;
      event.bytes = bytes;
      event.totalRequests = totalRequests;
      event.totalBytes = totalBytes;
      event.commit();
    }
  }
}
