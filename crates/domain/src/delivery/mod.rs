//! Messages that leave the service because something happened: to webhooks, and by mail. What happened is written down
//! in the transaction of its effect; sending is a job of its own, so a receiver gets each message at least once.

mod notice;
mod schedule;

pub use notice::{Channel, Fact, Notice, SUBSCRIBABLE};
pub use schedule::{DELAYED_AFTER, MAIL_WAITS, WEBHOOK_WAITS, WaitingTime, next_delivery, off_after_failing, pause};
