package com.example.vertx;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.util.concurrent.ThreadFactory;

/** A transport of Vert.x whose TCP channels have an allocator of the application's. */
final class AllocatorTransport implements io.vertx.core.transport.Transport {

  private final io.vertx.core.transport.Transport transport;
  private final ByteBufAllocator allocator;

  AllocatorTransport(io.vertx.core.transport.Transport transport, ByteBufAllocator allocator) {
    this.transport = transport;
    this.allocator = allocator;
  }

  @Override
  public String name() {
    return transport.name();
  }

  @Override
  public boolean available() {
    return transport.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return transport.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return new Implementation(transport.implementation(), allocator);
  }

  /** All as the transport below does it, and the option besides. */
  private record Implementation(Transport below, ByteBufAllocator allocator) implements Transport {

    @Override
    public void configure(TcpConfig config, boolean isDomainSocket, Bootstrap bootstrap) {
      below.configure(config, isDomainSocket, bootstrap);
      bootstrap.option(ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public void configure(TcpConfig config, boolean isDomainSocket, ServerBootstrap bootstrap) {
      below.configure(config, isDomainSocket, bootstrap);
      bootstrap.childOption(ChannelOption.ALLOCATOR, allocator);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
      below.configure(channel, options);
    }

    @Override
    public boolean supportsDomainSockets() {
      return below.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
      return below.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
      return below.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
      return below.unavailabilityCause();
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
      return below.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
      return below.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return below.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory factory, int ioRatio) {
      return below.eventLoopGroup(type, threads, factory, ioRatio);
    }

    @Override
    @SuppressWarnings("deprecation") // Vert.x names that class of Netty's
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return below.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
      return below.datagramChannelFactory();
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean isDomainSocket) {
      return below.channelFactory(isDomainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean isDomainSocket) {
      return below.serverChannelFactory(isDomainSocket);
    }
  }
}
