package io.github.litealloc.benchmarks.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbedAllocatorTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final String HERE = ClassPath.NONE.withThisProgram();

  private static String ask(String reference, String... jvmOptions) {
    return ProbedAllocator.ask(JAVA, List.of(jvmOptions), HERE, AllocatorReference.of(reference));
  }

  @Test
  void ask_allocatorOfNetty_saysWhereItIsFrom() {
    assertThat(ask(PooledByteBufAllocator.class.getName() + "#DEFAULT"))
        .contains("its class is from ", "netty-buffer", "Netty's from ")
        .doesNotContain("NOTE");
  }

  @Test
  void ask_ours_isAskedOnAnEventLoopWhereItsBuffersAreItsOwn() {
    assertThat(
            ask("io.github.litealloc.netty.LiteByteBufAllocator", "-Dlitealloc.strategy=free-list"))
        .doesNotContain("NOTE");
  }

  @Test
  void ask_buffersOfAnother_areNoted() {
    assertThat(ask(Borrowing.class.getName()))
        .contains("NOTE: its buffers' alloc() is another one, UnpooledByteBufAllocator");
  }

  @Test
  void ask_nothingThere_isRefusedWithTheReason() {
    assertThatThrownBy(() -> ask("com.acme.Missing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is not on its class path");
  }

  @Test
  void ask_propertyThatTheAllocatorRefuses_isRefusedWithTheReason() {
    assertThatThrownBy(
            () ->
                ask("io.github.litealloc.netty.LiteByteBufAllocator", "-Dlitealloc.strategy=buddy"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("buddy");
  }

  @Test
  void ask_heapBuffers_areRefused() {
    assertThatThrownBy(() -> ask(OnHeap.class.getName()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("answers directBuffer() with a buffer on the heap");
  }

  @Test
  void ask_jvmThatDoesNotStart_isRefusedWithItsOutput() {
    assertThatThrownBy(
            () -> ask(UnpooledByteBufAllocator.class.getName() + "#DEFAULT", "-XX:+NoSuchOption"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NoSuchOption");
  }
}
