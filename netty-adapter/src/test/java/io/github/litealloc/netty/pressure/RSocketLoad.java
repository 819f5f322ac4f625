package io.github.litealloc.netty.pressure;

import io.github.litealloc.netty.pressure.Protocol.Progress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.ByteBufPayload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** Streams of RSocket, whose receivers say how many pieces they want. */
final class RSocketLoad implements AutoCloseable {

  /** What a receiver asks for that does not ask for everything at once. */
  static final int FEW_PIECES = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CloseableChannel rsocket;
  private final List<Client> clients = new ArrayList<>();

  /**
   * @param isBuffered whether all pieces are made at once, and not as they are asked for
   */
  RSocketLoad(Server server, Load load, boolean isPressed, boolean isBuffered) {
    rsocket =
        RSocketServer.create(SocketAcceptor.with(new Answers(server, load, isBuffered)))
            .payloadDecoder(PayloadDecoder.ZERO_COPY)
            .bindNow(TcpServerTransport.create(serverTransport(server, isPressed)));
    for (int i = 0; i < load.connections(); i++) {
      clients.add(new Client(server, rsocket.address()));
    }
  }

  private static TcpServer serverTransport(Server server, boolean isPressed) {
    return TcpServer.create()
        .runOn(server.loop)
        .childOption(ChannelOption.ALLOCATOR, server.allocator)
        .bindAddress(() -> new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .doOnChannelInit(
            (observer, channel, remote) -> {
              if (isPressed) {
                channel.pipeline().addFirst(server.pressure);
              }
            });
  }

  void read(boolean isAutoRead) {
    clients.forEach(client -> client.socket.get().config().setAutoRead(isAutoRead));
  }

  /**
   * Asks for all answers.
   *
   * @param pieces how many of each are asked for at a time
   */
  void ask(Load load, int pieces, Progress progress) {
    for (Client client : clients) {
      for (int i = 0; i < load.answers(); i++) {
        client
            .rsocket
            .requestStream(ByteBufPayload.create("get"))
            .limitRate(pieces)
            .subscribe(
                piece -> {
                  progress.received(piece.data().readableBytes());
                  piece.release();
                },
                failure -> {
                  // what it would have brought is missing
                });
      }
    }
  }

  @Override
  public void close() {
    for (Client client : clients) {
      client.rsocket.dispose();
    }
    for (Client client : clients) {
      client.rsocket.onClose().onErrorComplete().block(PATIENCE);
    }
    rsocket.dispose();
    rsocket.onClose().onErrorComplete().block(PATIENCE);
  }

  private record Answers(Server server, Load load, boolean isBuffered) implements RSocket {

    @Override
    public Mono<Payload> requestResponse(Payload request) {
      return Mono.just(request);
    }

    @Override
    public Flux<Payload> requestStream(Payload request) {
      request.release();
      Flux<Payload> pieces =
          Flux.range(0, load.pieces())
              .map(i -> ByteBufPayload.create(Protocol.piece(server.allocator)));
      return isBuffered ? pieces.onBackpressureBuffer() : pieces;
    }
  }

  private static final class Client {

    final AtomicReference<Channel> socket = new AtomicReference<>();
    final RSocket rsocket;

    Client(Server server, InetSocketAddress address) {
      TcpClient transport =
          TcpClient.newConnection()
              .runOn(server.clientLoop)
              .remoteAddress(() -> address)
              .doOnConnected(connection -> socket.set(connection.channel()));
      rsocket =
          RSocketConnector.create()
              .payloadDecoder(PayloadDecoder.ZERO_COPY)
              .connect(TcpClientTransport.create(transport))
              .block(PATIENCE);
      Payload answer = rsocket.requestResponse(ByteBufPayload.create("connect")).block(PATIENCE);
      answer.release();
    }
  }
}
