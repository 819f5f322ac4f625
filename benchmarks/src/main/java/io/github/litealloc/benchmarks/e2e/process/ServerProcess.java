package io.github.litealloc.benchmarks.e2e.process;

import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.MeasuredAllocator;
import io.github.litealloc.benchmarks.MeasuredLite;
import io.github.litealloc.benchmarks.ResidentSet;
import io.github.litealloc.benchmarks.demo.server.DemoServer;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The demo's server on one allocator, as a program of its own that counts when it is told to. See
 * {@link Dialogue}.
 */
public final class ServerProcess {

  /** Stands for a server without TLS. */
  public static final String NO_KEYS = "-";

  private static final String NAME = "e2e";

  private final Dialogue dialogue = new Dialogue();
  private final MeasuredAllocator allocator;
  private final DemoServer server;

  private ServerProcess(MeasuredAllocator allocator, DemoServer server) {
    this.allocator = allocator;
    this.server = server;
  }

  /**
   * Serves until the standard input ends.
   *
   * @param args the candidate; the ceiling of ours in bytes; the protocol; the file of keys or
   *     {@link #NO_KEYS}; the event loops; the bytes of a body that nobody has asked a size for
   * @throws Exception if the server cannot start
   */
  public static void main(String[] args) throws Exception {
    Candidate candidate = Candidate.of(args[0]);
    long maxBytes = Long.parseLong(args[1]);
    Protocol protocol = Protocol.valueOf(args[2]);
    try (MeasuredAllocator allocator = MeasuredAllocator.open(candidate, NAME, maxBytes);
        DemoServer server =
            new DemoServer(
                allocator.allocator(),
                Integer.parseInt(args[4]),
                0,
                Integer.parseInt(args[5]),
                protocol,
                tls(args[3], protocol))) {
      new ServerProcess(allocator, server).talk();
    }
    // Whatever an allocator has started must not keep this alive.
    System.exit(0);
  }

  private static @Nullable SslContext tls(String keys, Protocol protocol)
      throws IOException, GeneralSecurityException {
    return keys.equals(NO_KEYS) ? null : LoopbackTls.server(Path.of(keys), protocol);
  }

  private void talk() throws IOException, InterruptedException {
    long residentBefore = ResidentSet.bytes();
    dialogue.say(Dialogue.LISTENING, server.address().getPort());
    while (Dialogue.BEGIN.equals(dialogue.hear())) {
      ProcessFigures before = ProcessFigures.now();
      long answeredBefore = server.figures().answered();
      try (ServerLooks looks = new ServerLooks(allocator)) {
        String word = dialogue.hear();
        ProcessFigures used = ProcessFigures.now().since(before);
        long answered = server.figures().answered() - answeredBefore;
        if (!Dialogue.END.equals(word)) {
          return;
        }
        tell(used, answered, looks.end(), residentBefore);
      }
    }
  }

  private void tell(
      ProcessFigures used, long answered, List<ServerLooks.Look> looks, long residentBefore) {
    dialogue.say("answered", answered);
    dialogue.say("cpuNanos", used.cpuNanos());
    dialogue.say("youngCollections", used.youngCollections());
    // The pooled allocator has no arenas, and so no figures, where the JVM allows too little.
    long reserved = allocator.reservedBytes();
    long peak = looks.stream().mapToLong(ServerLooks.Look::reserved).max().orElse(reserved);
    dialogue.say(
        "peakReserved", reserved < 0 ? reserved : Math.max(peak, allocator.peakReservedBytes()));
    dialogue.say("residentBefore", residentBefore);
    dialogue.say(
        "fallbackShare", allocator instanceof MeasuredLite lite ? lite.fallbackShare() : 0.0);
    dialogue.say("errors", server.figures().errors().count());
    dialogue.say(
        "firstError", server.figures().errors().firstFew().stream().findFirst().orElse(""));
    dialogue.say(
        "series",
        looks.stream()
            .map(look -> look.millis() + ":" + look.reserved() + ':' + look.resident())
            .collect(Collectors.joining(",")));
    dialogue.say(Dialogue.DONE);
  }
}
