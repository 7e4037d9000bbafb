use std::time::{Duration, Instant};

use passwright_minidir::ALWAYS;

use crate::support::{
    ABBY, ABBY_PASSWORD, Fixture, SERVICE, SERVICE_PASSWORD, assert_answer, change, connect, reset, reset_mods,
};

#[tokio::test]
async fn delay_holds_back_the_answer_and_not_the_write() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    let delay = Duration::from_millis(300);
    fixture.server.faults().delay_answers(delay);
    let asked = Instant::now();
    assert_answer(&reset(&mut service, ABBY, "Second-pass-2").await, 0, "");
    assert!(asked.elapsed() >= delay, "{:?}", asked.elapsed());
    let late = service.with_timeout(Duration::from_millis(50)).modify(ABBY, reset_mods("Third-pass-3")).await;
    assert!(late.is_err(), "the client gave up first");
    fixture.server.faults().clear();
    assert_answer(&fixture.bind(ABBY, "Third-pass-3").await, 0, "");
}

#[tokio::test]
async fn a_drop_before_the_write_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.server.faults().drop_before_write(1);
    let lost = fixture.service().await.modify(ABBY, reset_mods("Second-pass-2")).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
}

#[tokio::test]
async fn a_drop_after_the_write_leaves_it_applied() {
    let fixture = Fixture::new().await;
    fixture.server.faults().drop_after_write(1);
    let lost = fixture.service().await.modify(ABBY, reset_mods("Second-pass-2")).await;
    assert!(lost.is_err(), "{lost:?}");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
    let fixture = fixture.restart().await;
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
}

#[tokio::test]
async fn busy_answers_51_as_often_as_told() {
    let fixture = Fixture::new().await;
    let mut service = fixture.service().await;
    fixture.server.faults().busy_writes(2);
    for code in [51, 51, 0] {
        assert_eq!(reset(&mut service, ABBY, "Second-pass-2").await.rc, code);
    }
    fixture.server.faults().busy_binds(1);
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 51, "0000200E");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
}

#[tokio::test]
async fn a_lie_answers_success_and_changes_nothing() {
    let fixture = Fixture::new().await;
    fixture.server.faults().lie(ALWAYS);
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    let mut abby = fixture.bound(ABBY, ABBY_PASSWORD).await;
    assert_answer(&change(&mut abby, ABBY, ABBY_PASSWORD, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 49, "data 52e");
    fixture.server.faults().clear();
    assert_answer(&fixture.reset(ABBY, "Second-pass-2").await, 0, "");
    assert_answer(&fixture.bind(ABBY, "Second-pass-2").await, 0, "");
}

#[tokio::test]
async fn refused_connections_fail_and_come_back() {
    let fixture = Fixture::new().await;
    let mut open = fixture.service().await;
    fixture.server.faults().refuse_connections(true);
    assert!(connect(&fixture.server, &fixture.server.ca_file()).await.is_err());
    assert!(open.modify(ABBY, reset_mods("Second-pass-2")).await.is_err(), "an open connection ends too");
    fixture.server.faults().refuse_connections(false);
    assert_answer(&fixture.bind(SERVICE, SERVICE_PASSWORD).await, 0, "");
    assert_answer(&fixture.bind(ABBY, ABBY_PASSWORD).await, 0, "");
}
