package io.github.litealloc.spring;

import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/**
 * Gives the allocator to Reactor Netty: to the web server, and to what Boot builds of {@code
 * WebClient}, {@code RestClient} and {@code RestTemplate} on it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = LiteAllocAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "litealloc.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(LiteByteBufAllocator.class)
public class LiteAllocReactorNettyAutoConfiguration {

  /** Called by Spring. */
  public LiteAllocReactorNettyAutoConfiguration() {}

  static HttpServer withAllocator(HttpServer server, LiteByteBufAllocator allocator) {
    return server
        .option(ChannelOption.ALLOCATOR, allocator)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .doOnConnection(connection -> inherit(connection.channel()));
  }

  static HttpClient withAllocator(HttpClient client, LiteByteBufAllocator allocator) {
    return client
        .option(ChannelOption.ALLOCATOR, allocator)
        .doOnRequest((request, connection) -> inherit(connection.channel()));
  }

  /**
   * Streams of HTTP/2 are channels too, and no option of their connection reaches them. A
   * connection to which the application has given another allocator keeps it, and so do its
   * streams.
   */
  static void inherit(Channel channel) {
    Channel connection = channel.parent();
    if (connection != null
        && !(connection instanceof ServerChannel)
        && connection.alloc() instanceof LiteByteBufAllocator) {
      channel.config().setAllocator(connection.alloc());
    }
  }

  /** The web server, where it is Reactor Netty's. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HttpServer.class, NettyReactiveWebServerFactory.class})
  static class Server {

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> liteAllocServerCustomizer(
        LiteByteBufAllocator allocator) {
      return new ServerCustomizer(allocator);
    }
  }

  /** A class, not a lambda: Spring asks a customizer for its type argument. */
  static final class ServerCustomizer
      implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    private final LiteByteBufAllocator allocator;

    ServerCustomizer(LiteByteBufAllocator allocator) {
      this.allocator = allocator;
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
      factory.addServerCustomizers(server -> withAllocator(server, allocator));
    }
  }

  /** {@code WebClient}, where it uses Reactor Netty. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HttpClient.class, ClientHttpConnectorBuilderCustomizer.class})
  static class ReactiveClient {

    @Bean
    ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder>
        liteAllocConnectorCustomizer(LiteByteBufAllocator allocator) {
      return new ClientHttpConnectorBuilderCustomizer<>() {
        @Override
        public ReactorClientHttpConnectorBuilder customize(
            ReactorClientHttpConnectorBuilder builder) {
          return builder.withHttpClientCustomizer(client -> withAllocator(client, allocator));
        }
      };
    }
  }

  /** {@code RestClient} and {@code RestTemplate}, where they use Reactor Netty. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HttpClient.class, ClientHttpRequestFactoryBuilderCustomizer.class})
  static class BlockingClient {

    @Bean
    ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder>
        liteAllocRequestFactoryCustomizer(LiteByteBufAllocator allocator) {
      return new ClientHttpRequestFactoryBuilderCustomizer<>() {
        @Override
        public ReactorClientHttpRequestFactoryBuilder customize(
            ReactorClientHttpRequestFactoryBuilder builder) {
          return withAllocator(builder, allocator);
        }
      };
    }

    /**
     * In a reactive application Boot asks no customizer, but takes what it finds on the class path.
     * So do we, and customize it.
     */
    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    ClientHttpRequestFactoryBuilder<?> liteAllocRequestFactoryBuilder(
        ResourceLoader loader, LiteByteBufAllocator allocator) {
      ClientHttpRequestFactoryBuilder<?> found =
          ClientHttpRequestFactoryBuilder.detect(loader.getClassLoader());
      return found instanceof ReactorClientHttpRequestFactoryBuilder reactor
          ? withAllocator(reactor, allocator)
          : found;
    }

    private static ReactorClientHttpRequestFactoryBuilder withAllocator(
        ReactorClientHttpRequestFactoryBuilder builder, LiteByteBufAllocator allocator) {
      return builder.withHttpClientCustomizer(
          client -> LiteAllocReactorNettyAutoConfiguration.withAllocator(client, allocator));
    }
  }
}
