package com.example.app;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * lettuce, which sets values and gets them; {@code -Dredis.port} of a real server, if there is one.
 */
final class LettuceApplication {

  private static final int[] SIZES = {1, 1_000, 100_000};

  private LettuceApplication() {}

  static void run() throws Exception {
    run(bootstrap -> {});
  }

  /**
   * @param options set on each connection's bootstrap
   */
  static void run(Consumer<Bootstrap> options) throws Exception {
    ClientResources resources =
        ClientResources.builder()
            .nettyCustomizer(
                new NettyCustomizer() {
                  @Override
                  public void afterBootstrapInitialized(Bootstrap bootstrap) {
                    options.accept(bootstrap);
                  }

                  @Override
                  public void afterChannelInitialized(Channel channel) {
                    channel.pipeline().addFirst(new Spy("lettuce"));
                  }
                })
            .build();
    try (RespServer server = new RespServer()) {
      int port = Integer.getInteger("redis.port", server.port());
      RedisClient client = RedisClient.create(resources, "redis://127.0.0.1:" + port);
      try (StatefulRedisConnection<byte[], byte[]> connection =
          client.connect(ByteArrayCodec.INSTANCE)) {
        for (int bytes : SIZES) {
          byte[] key = ("key-" + bytes).getBytes(StandardCharsets.US_ASCII);
          byte[] value = new byte[bytes];
          Arrays.fill(value, (byte) bytes);
          connection.sync().set(key, value);
          if (!Arrays.equals(value, connection.sync().get(key))) {
            throw new IllegalStateException(bytes + " bytes came back otherwise");
          }
        }
      } finally {
        client.shutdown(0, 5, TimeUnit.SECONDS);
      }
    } finally {
      resources.shutdown(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    }
  }
}
