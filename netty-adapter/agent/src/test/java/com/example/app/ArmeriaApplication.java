package com.example.app;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Armeria, server and client, HTTP/1.1 and HTTP/2. */
final class ArmeriaApplication {

  private ArmeriaApplication() {}

  static void run() throws Exception {
    run(Server.builder(), ClientFactory.builder());
  }

  static void run(ServerBuilder serverBuilder, ClientFactoryBuilder clientBuilder)
      throws Exception {
    Server server =
        serverBuilder
            .http(new InetSocketAddress("127.0.0.1", 0))
            .childChannelPipelineCustomizer(
                pipeline -> pipeline.addFirst(new Spy("Armeria server")))
            .service(
                "/",
                (context, request) -> {
                  ByteBuf buffer = context.alloc().buffer(1);
                  Seen.buffer("Armeria response", buffer);
                  buffer.release();
                  return HttpResponse.of(
                      request
                          .aggregate()
                          .thenApply(
                              whole ->
                                  HttpResponse.of(
                                      HttpStatus.OK, MediaType.OCTET_STREAM, whole.content())));
                })
            .build();
    server.start().get(30, TimeUnit.SECONDS);
    ClientFactory factory = clientBuilder.build();
    try {
      for (String protocol : new String[] {"h1c", "h2c"}) {
        WebClient client =
            WebClient.builder(protocol + "://127.0.0.1:" + server.activeLocalPort())
                .factory(factory)
                .build();
        for (int bytes : new int[] {1, 1_000, 100_000}) {
          byte[] body = new byte[bytes];
          Arrays.fill(body, (byte) bytes);
          byte[] answer =
              client.post("/", body).aggregate().get(30, TimeUnit.SECONDS).content().array();
          if (!Arrays.equals(body, answer)) {
            throw new IllegalStateException(protocol + ": " + bytes + " bytes came back otherwise");
          }
        }
      }
    } finally {
      factory.close();
      server.stop().get(30, TimeUnit.SECONDS);
    }
  }
}
