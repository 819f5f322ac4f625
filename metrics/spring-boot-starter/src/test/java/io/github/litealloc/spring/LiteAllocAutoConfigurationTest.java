package io.github.litealloc.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.beans.FeatureDescriptor;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

final class LiteAllocAutoConfigurationTest {

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  LiteAllocAutoConfiguration.class,
                  LiteAllocActuatorAutoConfiguration.class,
                  LiteAllocReactorNettyAutoConfiguration.class));

  @Test
  void allocator_withoutProperties_hasTheDefaultsAndTheApplicationsName() {
    application
        .withPropertyValues("spring.application.name=orders")
        .run(
            context -> {
              LiteByteBufAllocator allocator = context.getBean(LiteByteBufAllocator.class);
              assertThat(allocator.name()).isEqualTo("orders");
              assertThat(allocator.strategy()).isEqualTo("hybrid");
              assertThat(context).hasSingleBean(LiteAllocMetrics.class);
              assertThat(context).hasSingleBean(HealthIndicator.class);
            });
  }

  /** Any of Spring's ways to write a name, and the values as system properties have them. */
  @Test
  void allocator_withProperties_hasThem() {
    application
        .withPropertyValues(
            "litealloc.name=edge",
            "litealloc.strategy=free-list",
            "litealloc.maxBytes=32m",
            "litealloc.decay-millis=-1",
            "litealloc.OFF_LOOP=fallback",
            "litealloc.when_exhausted=throw",
            "litealloc.preferDirect=false",
            "litealloc.hardening=zero",
            "litealloc.trimNativeHeap=false",
            "litealloc.passThrough=false",
            "litealloc.sampling=100")
        .run(
            context -> {
              LiteByteBufAllocator allocator = context.getBean(LiteByteBufAllocator.class);
              assertThat(allocator.name()).isEqualTo("edge");
              assertThat(allocator.strategy()).isEqualTo("free-list");
              assertThat(allocator.metric().budget().maxBytes()).isEqualTo(32L << 20);
              assertThat(allocator.sampling()).isEqualTo(100);
              allocator.directBuffer(1).release();
              assertThat(allocator.metric().fallbacks(FallbackReason.OFF_LOOP)).isEqualTo(1);
              assertThat(allocator.buffer(1).isDirect()).isFalse();
            });
  }

  /** What the allocator takes as a system property, the starter must take, too. */
  @Test
  void properties_areThoseOfTheAllocatorAndTwoMore() {
    String known = "";
    try {
      LiteByteBufAllocator.builderFrom(Map.of("litealloc.unknown", ""));
    } catch (IllegalArgumentException e) {
      known = e.getMessage();
    }
    Set<String> expected =
        Pattern.compile("litealloc\\.(\\w+)(?=[,)])")
            .matcher(known)
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(expected).contains("maxBytes", "strategy");
    expected.addAll(Set.of("enabled", "eventLoopDetail"));

    assertThat(
            Arrays.stream(BeanUtils.getPropertyDescriptors(LiteAllocProperties.class))
                .filter(property -> property.getWriteMethod() != null)
                .map(FeatureDescriptor::getName))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void allocator_whenTheContextEnds_isClosedWithItsMeters() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LiteByteBufAllocator[] allocator = new LiteByteBufAllocator[1];
    application.run(
        context -> {
          allocator[0] = context.getBean(LiteByteBufAllocator.class);
          context.getBean(LiteAllocMetrics.class).bindTo(registry);
          assertThat(registry.getMeters()).isNotEmpty();
        });

    assertThat(registry.getMeters()).isEmpty();
    allocator[0].directBuffer(1).release();
    assertThat(allocator[0].metric().fallbacks(FallbackReason.CLOSED)).isEqualTo(1);
  }

  @Test
  void everything_ifNotEnabled_isAbsent() {
    application
        .withPropertyValues("litealloc.enabled=false")
        .withUserConfiguration(OwnLiteAllocator.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(LiteByteBufAllocator.class);
              assertThat(context).doesNotHaveBean(LiteAllocMetrics.class);
              assertThat(context).doesNotHaveBean(HealthIndicator.class);
              assertThat(context).doesNotHaveBean(LiteAllocReactorNettyAutoConfiguration.class);
            });
  }

  @Test
  void allocator_ifTheApplicationHasOneOfOurs_isThatOne() {
    application
        .withUserConfiguration(OwnLiteAllocator.class)
        .run(
            context -> {
              assertThat(context.getBean(LiteByteBufAllocator.class).name()).isEqualTo("own");
              assertThat(context).hasSingleBean(LiteAllocMetrics.class);
              assertThat(context).hasSingleBean(LiteAllocReactorNettyAutoConfiguration.class);
            });
  }

  @Test
  void everything_ifTheApplicationHasAnotherAllocator_isAbsent() {
    application
        .withUserConfiguration(OtherAllocator.class)
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(LiteByteBufAllocator.class);
              assertThat(context).doesNotHaveBean(LiteAllocMetrics.class);
              assertThat(context).doesNotHaveBean(LiteAllocReactorNettyAutoConfiguration.class);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnLiteAllocator {
    @Bean
    LiteByteBufAllocator own() {
      return LiteByteBufAllocator.builder().name("own").build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OtherAllocator {
    @Bean
    ByteBufAllocator other() {
      return UnpooledByteBufAllocator.DEFAULT;
    }
  }
}
