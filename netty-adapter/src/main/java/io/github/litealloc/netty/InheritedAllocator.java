package io.github.litealloc.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Gives a channel the allocator of the channel that it belongs to: for streams of HTTP/2 and QUIC,
 * which are made with Netty's default, whatever {@code ChannelOption.ALLOCATOR} their connection
 * has. Put it first into the pipeline of each stream; it takes itself out when that is done.
 *
 * <pre>{@code
 * new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
 *   protected void initChannel(Channel stream) {
 *     stream.pipeline().addLast(InheritedAllocator.INSTANCE, new StreamHandler());
 *   }
 * })
 * }</pre>
 *
 * <p>A channel that has a {@link LiteByteBufAllocator} of its own keeps it; one that belongs to
 * none with such an allocator stays as it is.
 *
 * @since 0.1.0
 */
@ChannelHandler.Sharable
public final class InheritedAllocator extends ChannelHandlerAdapter {

  /** For any number of channels. */
  public static final InheritedAllocator INSTANCE = new InheritedAllocator();

  private InheritedAllocator() {}

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    Channel channel = context.channel();
    LiteByteBufAllocator allocator = nearest(channel);
    if (allocator != null) {
      channel.config().setAllocator(allocator);
    }
    context.pipeline().remove(this);
  }

  /** The first of ours on the way from a channel to its connection. */
  static @Nullable LiteByteBufAllocator nearest(Channel channel) {
    for (Channel each = channel; each != null; each = each.parent()) {
      if (each.alloc() instanceof LiteByteBufAllocator allocator) {
        return allocator;
      }
    }
    return null;
  }
}
