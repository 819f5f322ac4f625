package com.example.modular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds the image as examples/README.md says, and runs what is in it. */
final class ImageIT {

  private static final Path TARGET = Path.of("target");
  private static final String MAIN = "com.example.modular/com.example.modular.StatusServer";

  private static final int PATIENCE_SECONDS = 60;

  @TempDir static Path folder;

  @BeforeAll
  static void link() throws Exception {
    run(
        Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
        "--module-path",
        TARGET.resolve("modules") + File.pathSeparator + ourJar(),
        "--add-modules",
        "com.example.modular,java.management",
        "--launcher",
        "status=" + MAIN,
        "--output",
        image().toString());
  }

  private static Path image() {
    return folder.resolve("image");
  }

  private static Path ourJar() throws IOException {
    try (Stream<Path> files = Files.list(TARGET)) {
      return files
          .filter(file -> file.getFileName().toString().matches("modular-[^-]+(-SNAPSHOT)?\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Runs a program that must succeed; returns what it printed. */
  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }

  @Test
  void image_hasOurModulesAndNoAutomaticOne() throws Exception {
    List<String> modules =
        run(image().resolve("bin/java").toString(), "--list-modules")
            .lines()
            .map(line -> line.split("@")[0].strip())
            .toList();

    assertTrue(modules.contains("com.example.modular"), modules.toString());
    assertTrue(modules.contains("io.github.litealloc"), modules.toString());
    assertTrue(modules.contains("io.github.litealloc.netty"), modules.toString());
    assertTrue(modules.stream().noneMatch(name -> name.contains("micrometer")));
  }

  @Test
  void launcher_inTheImage_servesWithoutMeters() throws Exception {
    assertEquals("live buffers: 1 (no meters)", answer(image().resolve("bin/status").toString()));
  }

  @Test
  void image_withTheMetersOnTheModulePath_servesWithThem() throws Exception {
    String answer =
        answer(
            image().resolve("bin/java").toString(),
            "--module-path",
            TARGET.resolve("metrics").toString(),
            "--add-modules",
            "io.github.litealloc.metrics",
            "-m",
            MAIN);

    assertTrue(answer.matches("live buffers: \\d+ \\(\\d\\d+ meters\\)"), answer);
  }

  /** Starts a server on a free port and asks it. */
  private static String answer(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    all.add("0");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    Process server = new ProcessBuilder(all).redirectError(errors.toFile()).start();
    // Whoever waits below for one that says nothing hears of its end then.
    CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .execute(() -> end(server));
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      String line = out.readLine(); // "status on /127.0.0.1:12345"
      assertTrue(line != null && line.contains(":"), () -> line + read(errors));
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      try (Socket socket = new Socket("127.0.0.1", port)) {
        byte[] bytes = socket.getInputStream().readAllBytes();
        return new String(bytes, StandardCharsets.UTF_8).strip();
      }
    } finally {
      end(server);
      server.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void end(Process server) {
    server.descendants().forEach(ProcessHandle::destroyForcibly); // the launcher is a script
    server.destroyForcibly();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
