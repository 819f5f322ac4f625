package com.example.app;

import io.rsocket.Payload;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import io.rsocket.util.DefaultPayload;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** RSocket over TCP, requests that come back. */
final class RsocketApplication {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private RsocketApplication() {}

  static void run() {
    run(server -> server, client -> client);
  }

  /**
   * @param serverOptions set on the server below it
   * @param clientOptions set on the client below it
   */
  static void run(UnaryOperator<TcpServer> serverOptions, UnaryOperator<TcpClient> clientOptions) {
    CloseableChannel server =
        RSocketServer.create(SocketAcceptor.forRequestResponse(Mono::just))
            .payloadDecoder(PayloadDecoder.ZERO_COPY)
            .bindNow(
                TcpServerTransport.create(
                    serverOptions
                        .apply(TcpServer.create())
                        .host("127.0.0.1")
                        .port(0)
                        .doOnChannelInit(
                            (observer, channel, remote) ->
                                channel.pipeline().addFirst(new Spy("RSocket server")))));
    RSocket client =
        RSocketConnector.connectWith(
                TcpClientTransport.create(
                    clientOptions
                        .apply(TcpClient.newConnection())
                        .remoteAddress(server::address)
                        .doOnChannelInit(
                            (observer, channel, remote) ->
                                channel.pipeline().addFirst(new Spy("RSocket client")))))
            .block(PATIENCE);
    try {
      for (int bytes : new int[] {1, 1_000, 100_000}) {
        byte[] request = new byte[bytes];
        Arrays.fill(request, (byte) bytes);
        Payload answer = client.requestResponse(DefaultPayload.create(request)).block(PATIENCE);
        byte[] copy = new byte[answer.data().readableBytes()];
        answer.data().getBytes(answer.data().readerIndex(), copy);
        answer.release();
        if (!Arrays.equals(request, copy)) {
          throw new IllegalStateException(bytes + " bytes came back otherwise");
        }
      }
    } finally {
      client.dispose();
      client.onClose().onErrorComplete().block(PATIENCE);
      server.dispose();
      server.onClose().block(PATIENCE);
    }
  }
}
