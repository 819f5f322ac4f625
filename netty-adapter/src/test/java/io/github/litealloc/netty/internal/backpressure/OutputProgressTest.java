package io.github.litealloc.netty.internal.backpressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of streams; those of connections are in {@link StalledOutputTest}. */
final class OutputProgressTest {

  private static final int KIBIBYTE = 1_024;

  private final EmbeddedChannel connection = new EmbeddedChannel();
  private final Stream stream = new Stream(connection);
  private final OutputProgress progress = new OutputProgress();

  @AfterEach
  void close() {
    stream.finishAndReleaseAll();
    connection.finishAndReleaseAll();
  }

  /** One that tells, as Netty's do, how far it is from its marks, and has no output of its own. */
  private static final class Stream extends EmbeddedChannel implements Http2StreamChannel {
    private long pendingBytes;

    Stream(Channel connection) {
      super(connection, DefaultChannelId.newInstance(), true, false);
    }

    @Override
    public Http2FrameStream stream() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isWritable() {
      return pendingBytes <= config().getWriteBufferHighWaterMark();
    }

    @Override
    public long bytesBeforeUnwritable() {
      return isWritable() ? config().getWriteBufferHighWaterMark() - pendingBytes + 1 : 0;
    }

    @Override
    public long bytesBeforeWritable() {
      return isWritable() ? 0 : pendingBytes - config().getWriteBufferLowWaterMark() + 1;
    }

    @Override
    public Unsafe unsafe() {
      Unsafe all = super.unsafe();
      return (Unsafe)
          Proxy.newProxyInstance(
              Unsafe.class.getClassLoader(),
              new Class<?>[] {Unsafe.class},
              (proxy, method, arguments) ->
                  method.getName().equals("outboundBuffer") ? null : method.invoke(all, arguments));
    }
  }

  private long stalledAfter(long nanos) {
    progress.look(stream, nanos);
    return progress.stalledNanos();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16 * KIBIBYTE, 64 * KIBIBYTE, 64 * KIBIBYTE + 1, 1 << 20})
  void stream_thatNobodyTakes_tellsAllOfItAndForHowLong(int bytes) {
    stream.pendingBytes = bytes;
    assertThat(stalledAfter(5)).isZero();
    assertThat(stalledAfter(17)).isEqualTo(12);
    assertThat(progress.pendingBytes()).isEqualTo(bytes);
  }

  @Test
  void stream_ofWhichSomeIsTaken_beginsAnew() {
    stream.pendingBytes = 100 * KIBIBYTE;
    stalledAfter(1);
    stream.pendingBytes -= KIBIBYTE - 1;
    assertThat(stalledAfter(2)).as("hardly any").isEqualTo(1);
    stream.pendingBytes -= 1;
    assertThat(stalledAfter(3)).as("1 KiB in all").isZero();
    assertThat(stalledAfter(4)).isEqualTo(1);
  }

  /** Whether its peer has taken some of it as well, nobody can tell. */
  @Test
  void stream_toWhichMoreIsWritten_beginsAnew() {
    stream.pendingBytes = 100 * KIBIBYTE;
    stalledAfter(1);
    stream.pendingBytes += 1;
    assertThat(stalledAfter(2)).isZero();
  }

  /** Its peer's credit is not read then. */
  @Test
  void stream_whoseConnectionIsNotRead_isNotStalled() {
    stream.pendingBytes = 100 * KIBIBYTE;
    stalledAfter(1);
    connection.config().setAutoRead(false);
    assertThat(stalledAfter(2)).isZero();
    assertThat(stalledAfter(3)).isZero();
    connection.config().setAutoRead(true);
    assertThat(stalledAfter(4)).isEqualTo(1);
  }

  @Test
  void stream_thatIsClosed_holdsNothing() {
    stream.pendingBytes = 100 * KIBIBYTE;
    stalledAfter(1);
    stream.close();
    assertThat(stalledAfter(2)).isZero();
    assertThat(progress.pendingBytes()).isZero();
  }
}
