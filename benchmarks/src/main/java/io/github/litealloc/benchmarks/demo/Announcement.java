package io.github.litealloc.benchmarks.demo;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Text;
import java.io.PrintWriter;
import java.net.URI;

/** What the demo says before it begins. */
record Announcement(DemoOptions options, URI server, URI dashboard) {

  void print(PrintWriter out) {
    out.println("lite-alloc demo on the allocator " + options.candidate() + ", see " + dashboard);
    line(
        out,
        "server",
        server
            + "  ("
            + Text.count(options.loops(), "event loop")
            + "; GET /?size=BYTES, POST / echoes)");
    line(out, "dashboard", dashboard + (isLite() ? "" : "  (what Netty tells of its allocator)"));
    line(out, "load", load());
    if (options.connections() > 0) {
      line(out, "scenario", options.scenario() + ": " + options.scenario().description());
    }
    if (isLite()) {
      line(out, "memory", memory());
    }
    if (!options.scenario().alerts().isEmpty()) {
      line(out, "expect", "the page to say " + String.join(" and ", options.scenario().alerts()));
    }
    line(out, "ends", end());
    out.flush();
  }

  private static void line(PrintWriter out, String name, String text) {
    out.printf("  %-10s %s%n", name, text);
  }

  private boolean isLite() {
    return options.candidate().kind() == AllocatorKind.LITE;
  }

  private String load() {
    if (options.connections() == 0) {
      return "none: bring your own client";
    }
    return Text.count(options.connections(), "connection")
        + " on "
        + Text.count(options.loops(), "event loop")
        + ", in this process and on the same allocator;"
        + " every status, length, byte and order is checked";
  }

  private String memory() {
    String text =
        "a budget of "
            + Text.bytes(options.ceiling())
            + "; what is empty for "
            + Scenario.DECAY_MILLIS / 1_000
            + " s goes back (10 s by default)";
    return options.scenario() == Scenario.LEAK
        ? text
            + "; the page looks for a leak in windows of "
            + options.leakWindow().toSeconds()
            + " s (30 minutes by default)"
        : text;
  }

  private String end() {
    StringBuilder end = new StringBuilder();
    if (options.durationSeconds() != DemoOptions.UNTIL_STOPPED) {
      end.append("after ").append(Text.count(options.durationSeconds(), "second")).append(", ");
    }
    if (options.stopWithLoad()) {
      end.append("after ").append(Text.count(options.maxRequests(), "request")).append(", ");
    }
    return end.append("on Ctrl-C").toString();
  }
}
