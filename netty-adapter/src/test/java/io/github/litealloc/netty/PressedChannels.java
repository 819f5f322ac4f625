package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Channels behind one {@link MemoryPressureHandler}, each with an event loop of its own, and an
 * allocator of 10 MiB that can be filled. Time passes only when it is told to.
 */
final class PressedChannels implements AutoCloseable {

  static final int MAX_BYTES = 10 << 20;
  static final int PIECE_BYTES = 16 * 1024;
  static final int STEP_MILLIS = 20;

  final LiteByteBufAllocator allocator =
      TestAllocators.builder("hybrid")
          .budget(MemoryBudget.of("pressed", MAX_BYTES))
          .decayMillis(0)
          .build();
  final MockTicker time = Ticker.newMockTicker();
  final MemoryPressureHandler handler;

  /** Those whose event loops are at work. */
  final List<EmbeddedChannel> channels = new ArrayList<>();

  final List<ByteBuf> fill = new ArrayList<>();

  PressedChannels() {
    this(new MemoryPressureHandler());
  }

  PressedChannels(MemoryPressureHandler handler) {
    this.handler = handler;
  }

  EmbeddedChannel channel() {
    EmbeddedChannel made = EmbeddedChannel.builder().ticker(time).build();
    made.config().setAllocator(allocator);
    made.pipeline().addLast(handler);
    channels.add(made);
    return made;
  }

  /** Has so much of the budget reserved, in per cent, and all event loops hear of it. */
  void fillTo(int percent) {
    while (allocator.metric().budget().reservedBytes() < MAX_BYTES / 100L * percent) {
      fill.add(allocator.directBuffer(PIECE_BYTES));
    }
    pass(0);
  }

  /** Has no more than that reserved; the event loops do not hear of it. */
  void emptyTo(int percent) {
    while (allocator.metric().budget().reservedBytes() > MAX_BYTES / 100L * percent) {
      fill.remove(fill.size() - 1).release();
      allocator.trimOnThisThread();
    }
  }

  void empty() {
    fill.forEach(ByteBuf::release);
    fill.clear();
  }

  /** Has at least a step of time pass, and event loops do what is due. */
  void pass(int millis) {
    for (int passed = 0; passed <= millis; passed += STEP_MILLIS) {
      time.advance(STEP_MILLIS, TimeUnit.MILLISECONDS);
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  static int received(EmbeddedChannel channel) {
    return channel.inboundMessages().size();
  }

  /** Nothing may be left then. */
  @Override
  public void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    empty();
    allocator.close();
    assertThat(allocator.metric().arenas()).isEmpty();
  }
}
