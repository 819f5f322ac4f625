package io.github.litealloc.netty.matrix;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Netty's transports that a Linux machine can have. */
enum Transport {
  NIO {
    @Override
    IoHandlerFactory ioHandler() {
      return NioIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return NioServerSocketChannel.class;
    }

    @Override
    Class<? extends SocketChannel> clientChannel() {
      return NioSocketChannel.class;
    }

    @Override
    Class<? extends DatagramChannel> datagramChannel() {
      return NioDatagramChannel.class;
    }

    @Override
    @Nullable Throwable unavailable() {
      return null;
    }
  },
  EPOLL {
    @Override
    IoHandlerFactory ioHandler() {
      return EpollIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return EpollServerSocketChannel.class;
    }

    @Override
    Class<? extends SocketChannel> clientChannel() {
      return EpollSocketChannel.class;
    }

    @Override
    Class<? extends DatagramChannel> datagramChannel() {
      return EpollDatagramChannel.class;
    }

    @Override
    @Nullable Throwable unavailable() {
      return Epoll.unavailabilityCause();
    }
  },
  IO_URING {
    @Override
    IoHandlerFactory ioHandler() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> serverChannel() {
      return IoUringServerSocketChannel.class;
    }

    @Override
    Class<? extends SocketChannel> clientChannel() {
      return IoUringSocketChannel.class;
    }

    @Override
    Class<? extends DatagramChannel> datagramChannel() {
      return IoUringDatagramChannel.class;
    }

    @Override
    @Nullable Throwable unavailable() {
      return IoUring.unavailabilityCause();
    }
  };

  abstract IoHandlerFactory ioHandler();

  abstract Class<? extends ServerChannel> serverChannel();

  abstract Class<? extends SocketChannel> clientChannel();

  abstract Class<? extends DatagramChannel> datagramChannel();

  /** Why this machine cannot use it, or {@code null} if it can. */
  abstract @Nullable Throwable unavailable();

  /** Those that this machine can use. */
  static List<Transport> available() {
    return Stream.of(values()).filter(transport -> transport.unavailable() == null).toList();
  }
}
