package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a fresh JVM with our allocator prints, and that it needs no Unsafe. */
final class StartUpTest {

  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final int FIRST_WITH_NATIVE_ACCESS_WARNINGS = 24;

  @TempDir private Path folder;

  static List<Transport> transports() {
    return Transport.available();
  }

  @Test
  void start_onNio_printsNoWarning() throws Exception {
    run(Transport.NIO, List.of());
    assertThat(read("err")).isEmpty();
  }

  /** Loading a native library is what Java 24 and later warn of; the option is the user's. */
  @ParameterizedTest
  @MethodSource("transports")
  void start_withNativeAccessAllowed_printsNoWarning(Transport transport) throws Exception {
    boolean warns = Runtime.version().feature() >= FIRST_WITH_NATIVE_ACCESS_WARNINGS;
    run(transport, warns ? List.of(NATIVE_ACCESS) : List.of());
    assertThat(read("err")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("transports")
  void start_withoutUnsafe_works(Transport transport) throws Exception {
    run(transport, List.of("-Dio.netty.noUnsafe=true"));
    assertThat(read("out")).contains("Unsafe: false");
  }

  @Test
  void start_withoutFlightRecorder_loadsNoneOfItsEvents() throws Exception {
    run(Transport.NIO, List.of("-Xlog:class+load:file=" + file("classes")));

    assertThat(read("classes").lines().filter(line -> line.contains(" io.github.litealloc.")))
        .anyMatch(line -> line.contains("FlightEvents"))
        .noneMatch(line -> line.contains("Event "));
  }

  /** Nor may the verifier load it: with a subclass, what every buffer does is no longer final. */
  @Test
  void start_withoutHardening_loadsNoHardenedBuffer() throws Exception {
    run(Transport.NIO, List.of("-Xlog:class+load:file=" + file("classes")));

    assertThat(read("classes").lines())
        .anyMatch(line -> line.contains(" io.github.litealloc.netty.LiteByteBuf "))
        .noneMatch(line -> line.contains("LiteByteBuf$Hardened"));
  }

  private void run(Transport transport, List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(StartUpProbe.class.getName(), transport.name()));
    Process process =
        new ProcessBuilder(command).redirectOutput(file("out")).redirectError(file("err")).start();
    boolean ended = process.waitFor(2 * Outcome.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("ended, printed %s", read("err")).isTrue();
    assertThat(read("out")).as("output, next to %s", read("err")).contains(StartUpProbe.DONE);
  }

  private File file(String name) {
    return folder.resolve(name).toFile();
  }

  private String read(String name) throws Exception {
    return Files.readString(file(name).toPath());
  }
}
