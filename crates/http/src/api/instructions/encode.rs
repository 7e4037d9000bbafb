use passwright_app::instructions::{Instruction, InstructionRequest};
use passwright_wire::CustomPasswordInstruction;

pub(super) fn encode(instruction: Instruction) -> CustomPasswordInstruction {
    CustomPasswordInstruction {
        page_id: Some(instruction.page.as_str().to_owned()),
        page_content: Some(instruction.content),
        locale: Some(instruction.locale.to_string()),
    }
}

pub(super) fn decode(instruction: CustomPasswordInstruction) -> InstructionRequest {
    InstructionRequest {
        page_id: instruction.page_id,
        locale: instruction.locale,
        page_content: instruction.page_content,
    }
}
