package io.github.litealloc.benchmarks.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A server of the corpus in a JVM of its own, which ends with this one. */
final class ServerProcess implements AutoCloseable {

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static ServerProcess start(CorpusServer.Kind kind, int backPort) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    // As a service runs: what looks for leaks would be recorded, too.
                    "-Dio.netty.leakDetection.level=disabled",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CorpusServer.class.getName(),
                    kind.name(),
                    String.valueOf(backPort)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    String port = out.readLine();
    if (port == null) {
      throw new IOException("the server " + kind + " has ended before it listened");
    }
    return new ServerProcess(process, Integer.parseInt(port));
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
