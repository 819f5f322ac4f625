package com.example.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * The direct buffers that Netty's pooled and adaptive allocators are asked for meanwhile, whoever
 * asks: as Netty tells Flight Recorder, and so also where no handler of a pipeline sees them.
 */
final class AskedOfOthers implements AutoCloseable {

  private static final String EVENT = "io.netty.AllocateBuffer";

  /** By name: the class may come from the agent. */
  private static final String OURS = "io.github.litealloc.netty.LiteByteBufAllocator";

  /**
   * What is none of the applications' traffic: the certificates and keys of a BoringSSL context,
   * which Reactor Netty makes once whoever wants it, and what ours asks itself, for one that an
   * earlier test has closed.
   */
  private static final List<String> NO_TRAFFIC =
      List.of("io.netty.handler.ssl.", "io.netty.handler.codec.base64.", "io.github.litealloc.");

  private final Recording recording = new Recording();
  private int ours;

  AskedOfOthers() {
    recording.enable(EVENT).withStackTrace();
    recording.start();
  }

  /** Ends the recording, and answers who has asked whom, and how often. */
  List<String> end() throws IOException {
    recording.stop();
    Path file = Files.createTempFile("asked", ".jfr");
    TreeMap<String, Integer> counts = new TreeMap<>();
    try {
      recording.dump(file);
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        if (!event.getEventType().getName().equals(EVENT) || !event.getBoolean("direct")) {
          continue;
        }
        String allocator = event.getClass("allocatorType").getName();
        String caller = caller(event);
        if (allocator.equals(OURS)) {
          ours++;
        } else if (NO_TRAFFIC.stream().noneMatch(caller::startsWith)) {
          counts.merge(allocator + " by " + caller, 1, Integer::sum);
        }
      }
    } finally {
      Files.delete(file);
    }
    return counts.entrySet().stream()
        .map(each -> each.getKey() + " x " + each.getValue())
        .collect(Collectors.toList());
  }

  /** How many ours was asked for. */
  int ours() {
    return ours;
  }

  /** The first on the stack that is no allocator. */
  private static String caller(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return "nobody knows whom";
    }
    return event.getStackTrace().getFrames().stream()
        .map(AskedOfOthers::name)
        .filter(name -> !name.startsWith("io.netty.buffer.") && !name.startsWith("java."))
        .limit(2)
        .collect(Collectors.joining(" < "));
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + '.' + frame.getMethod().getName();
  }

  @Override
  public void close() {
    recording.close();
  }
}
