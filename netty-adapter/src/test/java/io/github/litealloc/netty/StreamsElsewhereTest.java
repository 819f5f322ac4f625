package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams whose connection has an allocator of ours, and which have none. */
final class StreamsElsewhereTest {

  private static final Logger LOG = Logger.getLogger("io.github.litealloc");

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
  private final MemoryPressureHandler handler = new MemoryPressureHandler();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord logged) {
          told.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(listener);
  }

  @AfterEach
  void close() {
    LOG.removeHandler(listener);
    allocator.close();
  }

  @Test
  void handlerAdded_streamsWithNettysDefault_isToldOnceByTheirClass() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.config().setAllocator(allocator);
    connection.pipeline().addLast(handler);
    assertThat(warnings(ForgottenStream.class)).isEmpty();

    for (int i = 0; i < 2; i++) {
      ForgottenStream stream = new ForgottenStream(connection);
      stream.pipeline().addLast(handler);
      stream.finishAndReleaseAll();
    }
    assertThat(warnings(ForgottenStream.class))
        .hasSize(1)
        .allMatch(line -> line.contains("InheritedAllocator.INSTANCE first in their pipelines"));
    connection.finishAndReleaseAll();
  }

  @Test
  void handlerAdded_streamsThatInherit_isSilent() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.config().setAllocator(allocator);
    InheritingStream stream = new InheritingStream(connection);
    stream.pipeline().addLast(InheritedAllocator.INSTANCE, handler);
    assertThat(warnings(InheritingStream.class)).isEmpty();
    stream.finishAndReleaseAll();
    connection.finishAndReleaseAll();
  }

  private List<String> warnings(Class<?> type) {
    return told.stream().filter(line -> line.contains(type.getName())).toList();
  }

  private static final class ForgottenStream extends EmbeddedChannel {
    ForgottenStream(Channel parent) {
      super(parent, DefaultChannelId.newInstance(), true, false);
    }
  }

  private static final class InheritingStream extends EmbeddedChannel {
    InheritingStream(Channel parent) {
      super(parent, DefaultChannelId.newInstance(), true, false);
    }
  }
}
