package io.github.litealloc.benchmarks.demo.server;

import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a server does besides, or wrongly.
 *
 * @param workers who makes the answers, {@code null} for the event loops
 * @param cache what keeps buffers for ever, {@code null} for nothing
 * @param pipeline adds handlers of its own, before the one that answers
 */
public record ServerExtras(
    @Nullable Workers workers, @Nullable LeakyCache cache, Consumer<ChannelPipeline> pipeline) {

  /** A server as it should be. */
  public static final ServerExtras NONE = new ServerExtras(null, null, pipeline -> {});
}
