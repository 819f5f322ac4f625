package io.github.litealloc.benchmarks.e2e.process;

import io.github.litealloc.benchmarks.LoopbackKeys;
import io.github.litealloc.benchmarks.demo.server.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** TLS by the JDK's engine, which everybody has. */
public final class LoopbackTls {

  private LoopbackTls() {}

  public static SslContext server(Path keys, Protocol protocol)
      throws IOException, GeneralSecurityException {
    return SslContextBuilder.forServer(LoopbackKeys.read(keys))
        .sslProvider(SslProvider.JDK)
        .applicationProtocolConfig(alpn(protocol))
        .build();
  }

  /** Trusts anybody: it is for the loopback address. */
  public static SslContext client(Protocol protocol) throws IOException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .endpointIdentificationAlgorithm(null)
        .applicationProtocolConfig(alpn(protocol))
        .build();
  }

  private static ApplicationProtocolConfig alpn(Protocol protocol) {
    return new ApplicationProtocolConfig(
        ApplicationProtocolConfig.Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocol.alpnName());
  }
}
