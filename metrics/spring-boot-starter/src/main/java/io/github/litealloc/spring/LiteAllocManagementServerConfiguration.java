package io.github.litealloc.spring;

import io.github.litealloc.netty.LiteByteBufAllocator;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import reactor.netty.http.server.HttpServer;

/**
 * Gives the allocator to Actuator's own server, if it has a port of its own: its context looks for
 * customizers in itself only.
 *
 * @since 0.1.0
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "litealloc.enabled", matchIfMissing = true)
@ConditionalOnClass({HttpServer.class, NettyReactiveWebServerFactory.class})
@ConditionalOnSingleCandidate(LiteByteBufAllocator.class)
public class LiteAllocManagementServerConfiguration {

  /** Called by Spring. */
  public LiteAllocManagementServerConfiguration() {}

  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> liteAllocManagementServerCustomizer(
      LiteByteBufAllocator allocator) {
    return new LiteAllocReactorNettyAutoConfiguration.ServerCustomizer(allocator);
  }
}
